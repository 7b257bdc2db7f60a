#!/usr/bin/env bash
# Wires against other ways to join two hosts, in one run between the same two namespaces.
#
#   a [the system's device 10.N.0.1] ── veth MTU 1500, 192.0.2.1 ─ 192.0.2.2 ── [the system's device 10.N.0.2] b
#
# compare.sh [RESULT.json]; the environment says how: SYSTEMS (names of the files in systems/), ROUNDS, SECONDS_EACH.
# The systems take turns within each round, ours are used through the command line as a user would. Of each: one TCP stream,
# 64-byte UDP datagrams as fast as they go (what arrives), round trips 2 ms apart, the machine's CPU time for a GB of that TCP.
# PROFILE=1 says besides where the processors' time goes while each has its TCP stream (Debian's linux-perf; see profile.awk).
# The result keeps every reading, the medians, their ratios, and what it was measured on.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$top/benchmarks
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-4}
SYSTEMS=${SYSTEMS:-underlay vxlan wire-plain wire-sealed}
result=${1:-$top/target/bench/result.json}
run=vwb$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home
wire=$top/bin/wire
pids=()
clean() {
  local status=$? pid name
  trap - EXIT INT TERM HUP
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
  for name in a b c; do ip netns delete "$run-$name" 2>/dev/null || true; done
  [ $status = 0 ] || tail -n 20 "$work"/*.log >&2 || true
  rm -rf "$work"
  exit $status
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- what a system's file may use ----------------------------------------------------------------------------------
in_ns() { ip netns exec "$run-$1" "${@:2}"; }
# spawn SIDE COMMAND…: a daemon in that namespace, ended when the run ends
spawn() {
  ip netns exec "$run-$1" "${@:2}" >>"$work/${2##*/}-$1.log" 2>&1 &
  pids+=($!)
}
# until_true SECONDS COMMAND…
until_true() {
  local limit=$((SECONDS + $1))
  until "${@:2}" >"$work/last" 2>&1; do
    [ $SECONDS -lt $limit ] || { echo "compare.sh: did not come true within $1 s: ${*:2}" >&2; cat "$work/last" >&2; exit 1; }
    sleep 0.1
  done
}
# address SIDE DEVICE ADDRESS MTU: as soon as the daemon has made its device
address() {
  until_true 20 ip -n "$run-$1" link show dev "$2"
  ip -n "$run-$1" link set dev "$2" mtu "$4"
  ip -n "$run-$1" addr add "$3/24" dev "$2"; ip -n "$run-$1" link set "$2" up
}
# connector SIDE ME: one for all wires of that side
connector() {
  [ ! -e "$work/host-$1.wire" ] || return 0
  [ -e "$WIRE_HOME" ] || "$wire" init --tenant bench >/dev/null
  "$wire" identity issue "host-$1" --out "$work/host-$1.wire" >/dev/null
  spawn "$1" "$wire" connector run --identity "$work/host-$1.wire" --listen "192.0.2.$2" --state "$work/connector-$1" --kernel-wires
  "$wire" host add "host-$1" "192.0.2.$2:7472" >/dev/null
  until_true 30 in_ns "$1" "$wire" endpoint ls --host "host-$1"
}

# --- the two places, and every system between them -----------------------------------------------------------------
ip netns add "$run-a"; ip netns add "$run-b"
ip -n "$run-a" link set lo up; ip -n "$run-b" link set lo up
ip link add eth0 netns "$run-a" mtu 1500 type veth peer name eth0 netns "$run-b" mtu 1500
ip -n "$run-a" addr add 192.0.2.1/24 dev eth0; ip -n "$run-a" link set eth0 up
ip -n "$run-b" addr add 192.0.2.2/24 dev eth0; ip -n "$run-b" link set eth0 up

facts=$work/facts.jsonl
declare -A to=()
number=0
for system in $SYSTEMS; do
  number=$((number + 1))
  net=10.$number.0
  packages=""; finish() { :; }; target() { echo "$net.2"; }
  # shellcheck source=/dev/null
  . "$here/systems/$system.sh"
  for pair in $packages; do
    command -v "${pair%%:*}" >/dev/null || { echo "compare.sh: $system needs the Debian package ${pair##*:}" >&2; exit 1; }
  done
  start a 1 2 $net
  start b 2 1 $net
  finish $net
  to[$system]=$(target)
  # Some find each other only when there is something to say.
  until_true 30 in_ns a ping -c 1 -W 1 "${to[$system]}"
  jq -cn --arg s "$system" --argjson sealed $sealed --arg v "$(version)" '{system: $s, sealed: $sealed, version: $v}' >>"$facts"
  echo "$system $(version) is up" >&2
done

# --- readings ------------------------------------------------------------------------------------------------------
spawn b iperf3 -s
until_true 10 in_ns a iperf3 -c 192.0.2.2 -t 1
# All run warm: a JIT compiler has had its time, learning bridges have learnt.
for system in $SYSTEMS; do
  in_ns a iperf3 -c "${to[$system]}" -t 3 >/dev/null
  in_ns a iperf3 -c "${to[$system]}" -u -b 0 -l 64 -t 3 >/dev/null
done
busy() { awk -v hz="$(getconf CLK_TCK)" '/^cpu / {print ($2 + $3 + $4 + $7 + $8) / hz}' /proc/stat; }
readings=$work/readings.jsonl
for round in $(seq "$ROUNDS"); do
  for system in $SYSTEMS; do
    before=$(busy)
    tcp=$(in_ns a iperf3 -c "${to[$system]}" -t "$SECONDS_EACH" -J)
    after=$(busy)
    udp=$(in_ns a iperf3 -c "${to[$system]}" -u -b 0 -l 64 -t "$SECONDS_EACH" -J)
    in_ns a ping -c 400 -i 0.002 "${to[$system]}" | sed -n 's/.*time=\([0-9.]*\) ms.*/\1/p' | sort -n >"$work/rtt"
    jq -cn --arg s "$system" --argjson r "$round" --argjson b "$before" --argjson a "$after" \
      --argjson tcp "$tcp" --argjson udp "$udp" --slurpfile rtt "$work/rtt" '
      {system: $s, round: $r,
       tcpMbps: ($tcp.end.sum_received.bits_per_second / 1e6 | round),
       pps64: ($udp.end.sum | (.packets - .lost_packets) / .seconds | round),
       rttMillisAvg: ($rtt | add / length * 1000 | round / 1000),
       rttMillisP99: $rtt[($rtt | length) * 0.99 | floor],
       cpuSecondsPerGB: (($a - $b) / ($tcp.end.sum_received.bytes / 1e9) * 1000 | round / 1000)}' | tee -a "$readings" >&2
  done
done

# --- where the time goes -------------------------------------------------------------------------------------------
profiles=$work/profiles.jsonl
: >"$profiles"
# Which process is whose end: connectors by their state folders.
roles() { local side; for side in a b; do printf '%s=connector %s,' "$(pgrep -f -- "--state $work/connector-$side" | tail -1)" $side; done; pgrep -f -- "--state $work/node" | tail -1 | sed 's/$/=node,/'; }
if [ "${PROFILE:-}" = 1 ]; then
  command -v perf >/dev/null || { echo "compare.sh: PROFILE=1 needs the Debian package linux-perf" >&2; exit 1; }
  for system in $SYSTEMS; do
    in_ns a iperf3 -c "${to[$system]}" -t 6 -J >"$work/profiled.json" &
    stream=$!
    sleep 1.5
    switches=$(awk '/^ctxt/ {print $2}' /proc/stat)
    perf record -q -o "$work/perf.data" -a -g -F 997 -e cpu-clock -- sleep 3 2>"$work/perf.log" >&2
    switches=$(($(awk '/^ctxt/ {print $2}' /proc/stat) - switches))
    wait $stream
    perf script -i "$work/perf.data" -F comm,pid,tid,ip,sym 2>/dev/null | awk -v roles="$(roles | tr -d '\n')" -f "$here/profile.awk" |
      jq -c --arg system "$system" --argjson switches "$switches" --slurpfile tcp "$work/profiled.json" '
        {system: $system, tcpMbps: ($tcp[0].end.sum_received.bits_per_second / 1e6 | round),
         contextSwitchesPerSecond: ($switches / 3 | round), shares: (sort_by(-.percent) | map(select(.percent >= 0.5)))}' | tee -a "$profiles" >&2
  done
fi

mkdir -p "$(dirname "$result")"
jq -n --slurpfile profiles "$profiles" --slurpfile readings "$readings" --slurpfile facts "$facts" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" \
  --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --arg jdk "$("$wire" --version | tr '\n' ' ')" \
  --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" --arg date "$(date -u +%FT%TZ)" \
  --argjson seconds "$SECONDS_EACH" --argjson rounds "$ROUNDS" -f "$here/summary.jq" >"$result"
jq -r -f "$here/table.jq" "$result"
echo "written to $result"
