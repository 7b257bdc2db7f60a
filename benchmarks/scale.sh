#!/usr/bin/env bash
# Thousands of wires on one connector: what each verb takes, what a wire keeps in memory, a restart with all of them, and whether
# they slow down the one that is used.
#
#   a: connector, TAPs m0, m1, … and busy 10.9.0.1 ── veth, 192.0.2.1 ─ 192.0.2.2 ── b: connector, TAP busy 10.9.0.2
#                                                                                  and a process with the far ends of m0, m1, …
#
# scale.sh [RESULT.json]; the environment says how: STEPS (how many wires, one after the other), ROUNDS and SECONDS_EACH of the
# used wire's TCP. Beside the result it draws RESULT.svg. Exponents are slopes in the logarithms, from the first step to the last:
# what does not depend on how many there are has 0, what goes through all of them has 1.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
STEPS=${STEPS:-100 1000 2500 5000 10000}
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-3}
result=${1:-$top/target/bench/scale.json}
script=scale
# shellcheck source=benchmarks/lab.sh
. "$top/benchmarks/lab.sh"
[ -e "$top/benchmarks/target/classes/io/virtualwire/benchmarks/ManyWires.class" ] ||
  fail "benchmarks is not built. Run:  make bench-scale"
# shellcheck source=config/jdk25.sh
. "$top/config/jdk25.sh"
jdk=$(find_jdk25)

# --- two places and three daemons ----------------------------------------------------------------------------------
places
identities far driver
connector b
connector a; pid=$!
join busy 10.9.0
ip netns exec "$run-b" iperf3 -s >"$work/iperf.log" 2>&1 &
pids+=($!)
until_true 10 in_ns a ping -n -q -c 1 -W 1 10.9.0.2

mkfifo "$work/commands" "$work/answers"
ip netns exec "$run-b" "$jdk/bin/java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$top/benchmarks/target/classes:$(cat "$top/benchmarks/target/classpath")" io.virtualwire.benchmarks.ManyWires \
  "$work/driver.wire" "$work/far.wire" host-a 192.0.2.1 192.0.2.2 <"$work/commands" >"$work/answers" 2>"$work/driver.log" &
pids+=($!)
exec 8>"$work/commands" 7<"$work/answers"
answer() { local line; IFS= read -r -t 600 line <&7 || fail "the driver has ended"; printf '%s\n' "$line"; }
ask() { printf '%s\n' "$*" >&8; answer; }
answer >/dev/null

# --- readings ------------------------------------------------------------------------------------------------------
memory() { # what the connector keeps, in megabytes: resident, of that its own, and what of its heap is in use
  local live
  live=$("$jdk/bin/jcmd" "$pid" GC.class_histogram | awk '/^Total/ {print $3}')
  sleep 1
  awk -v live="$live" '/^VmRSS/ {rss = $2} /^RssAnon/ {anon = $2}
    END {printf "{\"residentMegabytes\": %.1f, \"ownMegabytes\": %.1f, \"heapMegabytes\": %.2f}\n", rss / 1000, anon / 1000, live / 1e6}' "/proc/$pid/status"
}
used() { # what the wire beside them does; the connector may have begun just now, and is given time to be compiled
  local round tcp rtt
  in_ns a iperf3 -c 10.9.0.2 -t 10 >/dev/null
  for round in $(seq "$ROUNDS"); do
    tcp=$(in_ns a iperf3 -c 10.9.0.2 -t "$SECONDS_EACH" -J | jq '.end.sum_received.bits_per_second / 1e6 | round')
    rtt=$(in_ns a ping -n -q -i 0.002 -c 400 10.9.0.2 | sed -n 's|^rtt [^=]*= [^/]*/\([^/]*\)/.*|\1|p')
    jq -cn --argjson tcp "$tcp" --argjson rtt "$rtt" --argjson round "$round" '{round: $round, tcpMbps: $tcp, rttMillisAvg: $rtt}'
  done | jq -cs .
}
again() { # FILE: kills the connector, and says there how long until it and all its wires are there again; not in a subshell
  ask mark >/dev/null
  kill -9 "$pid"; wait "$pid" 2>/dev/null || true
  connector a; pid=$!
  ask again | jq -c --argjson ready "$took" '{readyMillis: $ready, agreedAgainMillis}' >"$1"
}
alone=$(used)
empty=$(memory)
again "$work/restart"
rows=$work/rows.jsonl
for step in $STEPS; do
  grown=$(ask grow "$step")
  listed=$(ask list)
  kept=$(memory)
  again "$work/restart-$step"
  journal=$(stat -c %s "$work"/connector-a/*journal* 2>/dev/null | awk '{sum += $1} END {print sum + 0}')
  jq -cn --argjson grown "$grown" --argjson listed "$listed" --argjson kept "$kept" --slurpfile restart "$work/restart-$step" --argjson journal "$journal" \
    '$grown + {listMillis: $listed.listMillis, memory: $kept, restart: $restart[0], journalBytes: $journal}' | tee -a "$rows" >&2
done
sleep 5
beside=$(used)
gone=$(ask shrink 0)

mkdir -p "$(dirname "$result")"
mapfile -d '' -t about < <(about)
jq -n --slurpfile rows "$rows" --argjson alone "$alone" --argjson beside "$beside" --argjson empty "$empty" \
  --slurpfile restart "$work/restart" --argjson gone "$gone" "${about[@]}" '
  def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
  def round3: . * 1000 | round / 1000;
  def slope(f): ($rows[0] | {wires, y: f}) as $first | ($rows[-1] | {wires, y: f}) as $last
    | if $first.wires == $last.wires or $first.y <= 0 or $last.y <= 0 then null
      else (($last.y / $first.y | log) / ($last.wires / $first.wires | log) | round3) end;
  {date: $date, commit: $commit, runtime: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor, load: $load,
   withoutWires: ({memory: $empty, restart: $restart[0]}), rows: $rows, disconnect: $gone,
   perWire: {residentKilobytes: (($rows[-1].memory.residentMegabytes - $empty.residentMegabytes) * 1000 / $rows[-1].wires | round3),
             heapKilobytes: (($rows[-1].memory.heapMegabytes - $empty.heapMegabytes) * 1000 / $rows[-1].wires | round3),
             journalBytes: ($rows[-1].journalBytes / $rows[-1].wires | round)},
   exponents: {connectMillisP50: slope(.connectMillisP50), connectMillisP99: slope(.connectMillisP99),
               endpointMillisP50: slope(.endpointMillisP50), readyMillis: slope(.restart.readyMillis),
               agreedAgainMillis: slope(.restart.agreedAgainMillis), listMillis: slope(.listMillis)},
   used: {alone: {tcpMbps: ($alone | map(.tcpMbps) | median), rttMillisAvg: ($alone | map(.rttMillisAvg) | median)},
          besideAll: {tcpMbps: ($beside | map(.tcpMbps) | median), rttMillisAvg: ($beside | map(.rttMillisAvg) | median)},
          readings: {alone: $alone, besideAll: $beside}}}' >"$result"
jq -r -f "$top/benchmarks/scale-plot.jq" "$result" >"${result%.json}.svg"
jq '{withoutWires, perWire, exponents, disconnect, used: (.used | {alone, besideAll})}' "$result"
echo "written to $result and ${result%.json}.svg"
