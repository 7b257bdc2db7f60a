#!/usr/bin/env bash
# How wires on one connector share it: one used alone, two and eight used at once, and the round trips of an idle one beside a
# saturated one of the same owner thread, and of the other; the same with kernel VXLAN, in the same turns.
#
#   a: connector, TAPs w0 … w7 and idle ── veth, 192.0.2.1 ─ 192.0.2.2 ── b: connector, the same TAPs
#      VXLAN devices x0 … x7 and xidle                                       the same devices
#
# share.sh [RESULT.json]; the environment says how: ROUNDS, SECONDS_EACH of TCP, SYSTEMS ('wire-plain wire-sealed vxlan'). "share" is
# what the weakest of the streams got of an equal part, and Jain's index of them all (1: all alike, 1/n: one has everything).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-4}
SYSTEMS=${SYSTEMS:-wire-plain wire-sealed vxlan}
MANY=8
result=${1:-$top/target/bench/share.json}
script=share
# shellcheck source=benchmarks/lab.sh
. "$top/benchmarks/lab.sh"

vxlan() { # NAME NET VNI
  local side
  for side in a b; do
    ip -n "$run-$side" link add "$1" mtu 1450 type vxlan id "$3" dstport 4789 remote "192.0.2.$((3 - $(number $side)))" \
      local "192.0.2.$(number $side)" dev eth0
    ip -n "$run-$side" addr add "$2.$(number $side)/24" dev "$1"; ip -n "$run-$side" link set "$1" up
  done
  until_true 30 in_ns a ping -c 1 -W 1 "$2.2"
}
declare -A net=()
places
identities
connector a
connector b
group=0
for system in $SYSTEMS; do
  group=$((group + 1)) net[$system]=10.$group
  case $system in wire-plain) letter=p options=(--plain) ;; wire-sealed) letter=s options=() ;; vxlan) letter=x ;; *) fail "no such system: $system" ;; esac
  for n in $(seq 0 "$MANY"); do # the last is the idle one
    if [ "$system" = vxlan ]; then vxlan "$letter$n" "10.$group.$n" $((100 + n)); else join "$letter$n" "10.$group.$n" "${options[@]}"; fi
  done
done
for n in $(seq 0 $((MANY - 1))); do
  ip netns exec "$run-b" iperf3 -s -p $((5201 + n)) >"$work/iperf-$n.log" 2>&1 &
  pids+=($!)
done
until_true 10 in_ns a iperf3 -c 192.0.2.2 -t 1
for n in $(seq 1 $((MANY - 1))); do until_true 10 in_ns a iperf3 -c 192.0.2.2 -p $((5201 + n)) -n 1K; done

# streams SYSTEM HOW_MANY: that many TCP streams at once, each over a wire of its own; their Mb/s as an array
streams() {
  local n running=()
  for n in $(seq 0 $(($2 - 1))); do
    ip netns exec "$run-a" iperf3 -c "${net[$1]}.$n.2" -p $((5201 + n)) -t "$SECONDS_EACH" -J >"$work/stream-$n.json" &
    running+=($!)
  done
  for n in "${running[@]}"; do wait "$n" || fail "a stream over $1 broke"; done
  for n in $(seq 0 $(($2 - 1))); do jq '.end.sum_received.bits_per_second / 1e6 | round' "$work/stream-$n.json"; done | jq -cs .
}
trips() { # SYSTEM: round trips on the idle one, 2 ms apart
  in_ns a ping -c 400 -i 0.002 "${net[$1]}.$MANY.2" | sed -n 's/.*time=\([0-9.]*\) ms.*/\1/p' | sort -n |
    jq -cs '{answers: length, millisMedian: .[length / 2 | floor], millisP99: .[length * 0.99 | floor]}'
}
# Wires are made one after the other, and two owner threads have them by turns: the idle one is with the even ones.
beside() { # SYSTEM NUMBER: the same beside this one, saturated
  local stream
  ip netns exec "$run-a" iperf3 -c "${net[$1]}.$2.2" -t 4 -J >"$work/beside.json" &
  stream=$!
  sleep 1.5
  trips "$1"
  wait $stream || fail "the stream over $1 broke"
}
for system in $SYSTEMS; do streams "$system" 1 >/dev/null; streams "$system" $MANY >/dev/null; done
for round in $(seq "$ROUNDS"); do
  for system in $SYSTEMS; do
    jq -cn --arg system "$system" --argjson round "$round" --argjson one "$(streams "$system" 1)" --argjson two "$(streams "$system" 2)" \
      --argjson many "$(streams "$system" $MANY)" --argjson idle "$(trips "$system")" --argjson beside "$(beside "$system" 0)" \
      --argjson other "$(beside "$system" 1)" \
      '{system: $system, round: $round, oneMbps: $one, twoMbps: $two, manyMbps: $many, idleTrips: $idle, tripsBesideSaturated: $beside, tripsBesideOtherThread: $other}' |
      tee -a "$work/readings" >&2
  done
done
mkdir -p "$(dirname "$result")"
mapfile -d '' -t about < <(about)
jq -n --slurpfile readings "$work/readings" "${about[@]}" '
  def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
  def thousandths: . * 1000 | round / 1000;
  def jain: (add * add) / (length * (map(. * .) | add));
  def weakest: min / (add / length);
  {date: $date, commit: $commit, runtime: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor, load: $load,
   medians: ($readings | group_by(.system) | map({system: .[0].system,
     oneMbps: (map(.oneMbps | add) | median), twoMbps: (map(.twoMbps | add) | median), manyMbps: (map(.manyMbps | add) | median),
     twoToOne: (map((.twoMbps | add) / (.oneMbps | add)) | median | thousandths),
     twoWeakestShare: (map(.twoMbps | weakest) | median | thousandths), twoJain: (map(.twoMbps | jain) | median | thousandths),
     manyWeakestShare: (map(.manyMbps | weakest) | median | thousandths), manyJain: (map(.manyMbps | jain) | median | thousandths),
     idleMillisMedian: (map(.idleTrips.millisMedian) | median), idleMillisP99: (map(.idleTrips.millisP99) | median),
     besideMillisMedian: (map(.tripsBesideSaturated.millisMedian) | median), besideMillisP99: (map(.tripsBesideSaturated.millisP99) | median),
     otherMillisMedian: (map(.tripsBesideOtherThread.millisMedian) | median), otherMillisP99: (map(.tripsBesideOtherThread.millisP99) | median),
     besideAnswers: (map(.tripsBesideSaturated.answers) | median)})),
   readings: $readings}' >"$result"
jq -r '.medians[] | "\(.system): one \(.oneMbps), two \(.twoMbps) (\(.twoToOne) x, weakest \(.twoWeakestShare)), eight \(.manyMbps) (weakest \(.manyWeakestShare), Jain \(.manyJain)) Mb/s; round trips \(.idleMillisMedian) ms (p99 \(.idleMillisP99)), beside a saturated one of its thread \(.besideMillisMedian) (\(.besideMillisP99)), of the other \(.otherMillisMedian) (\(.otherMillisP99))"' "$result"
echo "written to $result"
