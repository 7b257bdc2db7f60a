#!/usr/bin/env bash
# Sealed and plain wires against kernel VXLAN and the bare underlay, in one run between the same two namespaces.
#
#   a [overlay device 10.2.N.1] ── veth MTU 1500, 192.0.2.1 ─ 192.0.2.2 ── [overlay device 10.2.N.2] b
#
# ROUNDS=3 SECONDS_EACH=4 ./compare.sh [result.json]; about ROUNDS × 4 systems × (2 × SECONDS_EACH + 1) seconds.
# The systems take turns within each round; the result keeps every reading and the medians, and the machine's kind.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-4}
result=${1:-$top/benchmarks/results/$(date +%F)_$(git -C "$top" rev-parse --short HEAD).json}
run=vwb$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home
wire=$top/bin/wire
pids=()
clean() {
  local status=$? pid
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  ip netns delete "$run-a" 2>/dev/null || true
  ip netns delete "$run-b" 2>/dev/null || true
  [ $status = 0 ] || tail -n 20 "$work"/*.log >&2 || true
  rm -rf "$work"
  exit $status
}
trap clean EXIT
trap 'exit 130' INT TERM
a() { ip netns exec "$run-a" "$@"; }
b() { ip netns exec "$run-b" "$@"; }

ip netns add "$run-a"; ip netns add "$run-b"
ip -n "$run-a" link set lo up; ip -n "$run-b" link set lo up
ip link add eth0 netns "$run-a" mtu 1500 type veth peer name eth0 netns "$run-b" mtu 1500
ip -n "$run-a" addr add 192.0.2.1/24 dev eth0; ip -n "$run-a" link set eth0 up
ip -n "$run-b" addr add 192.0.2.2/24 dev eth0; ip -n "$run-b" link set eth0 up

# Kernel VXLAN, its device as an operator would set it: the guest's MTU leaves room for the overhead.
for side in a b; do
  [ $side = a ] && other=2 me=1 || { other=1; me=2; }
  ip -n "$run-$side" link add vx0 mtu 1450 type vxlan id 77 dstport 4789 remote 192.0.2.$other local 192.0.2.$me dev eth0
  ip -n "$run-$side" addr add 10.2.1.$me/24 dev vx0; ip -n "$run-$side" link set vx0 up
done

"$wire" init --tenant bench >/dev/null
for side in a b; do
  [ $side = a ] && me=1 || me=2
  "$wire" identity issue host-$side --out "$work/host-$side.wire" >/dev/null
  ip netns exec "$run-$side" "$wire" connector run --identity "$work/host-$side.wire" --listen 192.0.2.$me --state "$work/$side" \
    >"$work/connector-$side.log" 2>&1 &
  pids+=($!)
  "$wire" host add host-$side 192.0.2.$me:7472 >/dev/null
done
for h in host-a host-b; do
  for _ in $(seq 150); do a "$wire" endpoint ls --host $h >/dev/null 2>&1 && break; sleep 0.2; done
done
a "$wire" connect sealed@host-a sealed@host-b >/dev/null
a "$wire" connect plain@host-a plain@host-b --plain >/dev/null
for side in a b; do
  [ $side = a ] && me=1 || me=2
  ip -n "$run-$side" addr add 10.2.2.$me/24 dev sealed; ip -n "$run-$side" link set sealed up
  ip -n "$run-$side" addr add 10.2.3.$me/24 dev plain; ip -n "$run-$side" link set plain up
done

declare -A target=([underlay]=192.0.2.2 [vxlan]=10.2.1.2 [sealed]=10.2.2.2 [plain]=10.2.3.2)
ip netns exec "$run-b" iperf3 -s >"$work/iperf3.log" 2>&1 & pids+=($!)
for system in underlay vxlan sealed plain; do
  for _ in $(seq 100); do a ping -c 1 -W 1 "${target[$system]}" >/dev/null 2>&1 && break; done
done
a iperf3 -c 10.2.2.2 -t 3 >/dev/null; a iperf3 -c 10.2.3.2 -t 3 >/dev/null   # let the JIT compile both
readings=$work/readings.jsonl
for round in $(seq "$ROUNDS"); do
  for system in underlay vxlan sealed plain; do
    to=${target[$system]}
    tcp=$(a iperf3 -c "$to" -t "$SECONDS_EACH" -J | jq '.end.sum_received.bits_per_second / 1e6 | round')
    udp=$(a iperf3 -c "$to" -u -b 0 -l 64 -t "$SECONDS_EACH" -J | jq '.end.sum | ((.packets - .lost_packets) / .seconds | round)')
    rtt=$(a ping -q -c 400 -i 0.002 "$to" | awk -F/ '/^rtt/ {print $5}')
    jq -cn --arg s $system --argjson r "$round" --argjson t "$tcp" --argjson u "$udp" --argjson p "$rtt" \
      '{system: $s, round: $r, tcpMbps: $t, udp64PacketsPerSecond: $u, rttAvgMillis: $p}' | tee -a "$readings" >&2
  done
done
mkdir -p "$(dirname "$result")"
jq -s --arg kernel "$(uname -r)" --arg cpus "$(nproc)" --arg version "$("$wire" --version | head -1)" --arg date "$(date -u +%FT%TZ)" '
  def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
  (group_by(.system) | map({key: .[0].system, value: {tcpMbps: (map(.tcpMbps) | median),
      udp64PacketsPerSecond: (map(.udp64PacketsPerSecond) | median), rttAvgMillis: (map(.rttAvgMillis) | median)}}) | from_entries) as $m
  | {date: $date, version: $version, kernel: $kernel, cpus: ($cpus | tonumber), underlayMtu: 1500, medians: $m,
     ratiosToVxlan: {sealedTcp: ($m.sealed.tcpMbps / $m.vxlan.tcpMbps * 1000 | round / 1000), plainTcp: ($m.plain.tcpMbps / $m.vxlan.tcpMbps * 1000 | round / 1000)},
     readings: .}' "$readings" >"$result"
jq '{medians, ratiosToVxlan}' "$result"
echo "written to $result"
