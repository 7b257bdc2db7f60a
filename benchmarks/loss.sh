#!/usr/bin/env bash
# TCP over an underlay that loses or reorders: wires beside kernel VXLAN through the same relay of ours, in one run.
#
#   a [device 10.N.0.1] ── wan ══ relay: 2 ms one way, 300 Mb/s, loss, overtaking ══ wan ── [device 10.N.0.2] b
#
# loss.sh [RESULT.json]; the environment says how: ROUNDS, SECONDS_EACH, CONDITIONS (loss:overtaken, in percent), SYSTEMS, CONGESTION
# (the guests' TCP; cubic, which minds loss most).
# On this line it is loss that limits a stream, not the processor: so the figures of a busy machine can be compared as well.
# The kernel cuts what it has put together before the relay sees it (gso_max_segs 1), for all of them alike; what is lost is seeded.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-5}
CONDITIONS=${CONDITIONS:-0:0 0.1:0 1:0 0:1}
SYSTEMS=${SYSTEMS:-vxlan wire-plain wire-sealed}
DELAY=${DELAY:-2}
MBIT=${MBIT:-300}
CONGESTION=${CONGESTION:-cubic}
result=${1:-$top/target/bench/loss.json}
load=$(cut -d ' ' -f 1-3 /proc/loadavg)
run=vwl$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home
wire=$top/bin/wire
pids=()
clean() {
  local status=$? pid name
  trap - EXIT INT TERM HUP
  exec 8>&- || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
  for name in a b; do ip netns delete "$run-$name" 2>/dev/null || true; done
  [ $status = 0 ] || tail -n 20 "$work"/*.log >&2 || true
  rm -rf "$work"
  exit $status
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
in_ns() { ip netns exec "$run-$1" "${@:2}"; }
until_true() { # SECONDS COMMAND…
  local limit=$((SECONDS + $1))
  until "${@:2}" >"$work/last" 2>&1; do
    [ $SECONDS -lt $limit ] || { echo "loss.sh: did not come true within $1 s: ${*:2}" >&2; cat "$work/last" >&2; exit 1; }
    sleep 0.1
  done
}

# --- two places, the line between them -----------------------------------------------------------------------------
ip netns add "$run-a"; ip netns add "$run-b"
ip -n "$run-a" link set lo up; ip -n "$run-b" link set lo up
[ -e "$top/wire-testkit/target/classes/io/virtualwire/testkit/wan/WanRelay.class" ] ||
  { echo "loss.sh: wire-testkit is not built. Run:  make bench" >&2; exit 1; }
# shellcheck source=config/jdk25.sh
. "$top/config/jdk25.sh"
mkfifo "$work/changes"
"$(find_jdk25)/bin/java" -Xmx128m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$top/wire-testkit/target/classes:$(printf '%s:' "$top"/wire-cli/target/dist/lib/*.jar)" \
  io.virtualwire.testkit.wan.WanRelay "$run-a" wan "$run-b" wan "$DELAY" "$MBIT" 0 1 <"$work/changes" >"$work/relay.log" 2>&1 &
pids+=($!)
exec 8>"$work/changes"
until_true 30 grep -q '^relaying' "$work/relay.log"
for side in a b; do
  me=$([ $side = a ] && echo 1 || echo 2)
  ip -n "$run-$side" link set wan gso_max_segs 1 mtu 1500
  ip -n "$run-$side" addr add "192.0.2.$me/24" dev wan
  ip -n "$run-$side" link set wan up
done
change() { # LOSS OVERTAKEN
  echo "$1 $2" >&8
  until_true 10 grep -qx "changed: $1 $2" "$work/relay.log"
  : >"$work/relay.log"
}

# --- every system between them --------------------------------------------------------------------------------------
connectors() {
  [ ! -e "$WIRE_HOME" ] || return 0
  local side me
  "$wire" init --tenant bench >/dev/null
  for side in a b; do
    me=$([ $side = a ] && echo 1 || echo 2)
    "$wire" identity issue "host-$side" --out "$work/host-$side.wire" >/dev/null
    ip netns exec "$run-$side" "$wire" connector run --identity "$work/host-$side.wire" --listen "192.0.2.$me" \
      --state "$work/connector-$side" >"$work/connector-$side.log" 2>&1 &
    pids+=($!)
    "$wire" host add "host-$side" "192.0.2.$me:7472" >/dev/null
  done
  for side in a b; do until_true 30 in_ns $side "$wire" endpoint ls --host "host-$side"; done
}
number=0
declare -A to=()
for system in $SYSTEMS; do
  number=$((number + 1)); mtu=1500; device=$system
  case $system in
    vxlan) mtu=1450
      ip -n "$run-a" link add vxlan type vxlan id 7 remote 192.0.2.2 local 192.0.2.1 dstport 4789 dev wan
      ip -n "$run-b" link add vxlan type vxlan id 7 remote 192.0.2.1 local 192.0.2.2 dstport 4789 dev wan ;;
    wire-plain) connectors; in_ns a "$wire" connect wire-plain@host-a wire-plain@host-b --plain >/dev/null ;;
    wire-sealed) connectors; in_ns a "$wire" connect wire-sealed@host-a wire-sealed@host-b >/dev/null ;;
    *) echo "loss.sh: no such system: $system" >&2; exit 1 ;;
  esac
  for side in a b; do
    me=$([ $side = a ] && echo 1 || echo 2)
    until_true 20 ip -n "$run-$side" link show dev "$device"
    ip -n "$run-$side" link set dev "$device" mtu $mtu
    ip -n "$run-$side" addr add "10.$number.0.$me/24" dev "$device"; ip -n "$run-$side" link set "$device" up
  done
  to[$system]=10.$number.0.2
  until_true 30 in_ns a ping -c 1 -W 1 "${to[$system]}"
done
ip netns exec "$run-b" iperf3 -s >"$work/iperf.log" 2>&1 &
pids+=($!)
for system in $SYSTEMS; do until_true 10 in_ns a iperf3 -c "${to[$system]}" -t 1; done

# --- readings -------------------------------------------------------------------------------------------------------
readings=$work/readings.jsonl
# reading ADDRESS: iperf3's own connection loses datagrams too, and its server may not know yet that the last stream has ended
reading() {
  local said attempt
  for attempt in 1 2 3 4 5; do
    said=$(in_ns a iperf3 -c "$1" -C "$CONGESTION" -t "$SECONDS_EACH" -J) || true
    if jq -e '.end.sum_received.bits_per_second' <<<"$said" >/dev/null 2>&1; then printf '%s' "$said"; return; fi
    echo "loss.sh: no reading $attempt: $(jq -r '.error // "none"' <<<"$said" 2>/dev/null)" >&2
    sleep 1
  done
  return 1
}
for round in $(seq "$ROUNDS"); do
  for condition in $CONDITIONS; do
    change "${condition%:*}" "${condition#*:}"
    for system in $SYSTEMS; do
      reading "${to[$system]}" | jq -c --arg s "$system" --argjson r "$round" \
        --argjson l "${condition%:*}" --argjson o "${condition#*:}" '
        {system: $s, round: $r, lossPercent: $l, overtakenPercent: $o,
         tcpMbps: (.end.sum_received.bits_per_second / 1e5 | round / 10), retransmits: .end.sum_sent.retransmits}' | tee -a "$readings" >&2
    done
  done
done
mkdir -p "$(dirname "$result")"
jq -n --slurpfile readings "$readings" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" --arg load "$load" \
  --arg jdk "$("$wire" --version | tr '\n' ' ')" --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" \
  --arg date "$(date -u +%FT%TZ)" --argjson seconds "$SECONDS_EACH" --argjson rounds "$ROUNDS" --argjson delay "$DELAY" --argjson mbit "$MBIT" --arg congestion "$CONGESTION" '
  def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
  [$readings | group_by([.lossPercent, .overtakenPercent, .system])[]
   | .[0] + {tcpMbps: (map(.tcpMbps) | median), retransmits: (map(.retransmits) | median)} | del(.round)] as $rows
  | {date: $date, commit: $commit, jdk: $jdk, kernel: $kernel, cpus: $cpus, load: $load, rounds: $rounds, secondsEach: $seconds,
     oneWayMillis: $delay, lineMbps: $mbit, congestionControl: $congestion, rows: $rows,
     ratios: [$rows[] | select(.system != "vxlan") | . as $row
       | ([$rows[] | select(.system == "vxlan" and .lossPercent == $row.lossPercent and .overtakenPercent == $row.overtakenPercent)][0]) as $vxlan
       | {system, lossPercent, overtakenPercent, tcpToVxlan: ((.tcpMbps / $vxlan.tcpMbps * 1000 | round) / 1000)}],
     readings: $readings}' >"$result"
jq -r '.rows[] | [.lossPercent, .overtakenPercent, .system, .tcpMbps, .retransmits] | @tsv' "$result"
jq -r '.ratios[] | [.lossPercent, .overtakenPercent, .system, .tcpToVxlan] | @tsv' "$result"
echo "written to $result"
