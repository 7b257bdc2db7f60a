#!/usr/bin/env bash
# Whether the data path makes garbage: TCP through a plain and through a sealed wire for a minute each, and what the collectors of
# both connectors did meanwhile.
#
#   a: connector, TAPs plain, sealed ── veth ── b: connector, TAPs plain, sealed
#
# soak.sh [RESULT.json]; SECONDS_EACH says how long. A phase of the same length as each without any traffic comes first: what is
# collected then is not the data path's. What was allocated is what the threads have counted.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SECONDS_EACH=${SECONDS_EACH:-60}
result=${1:-$top/target/bench/soak.json}
script=soak
# shellcheck source=benchmarks/lab.sh
. "$top/benchmarks/lab.sh"
# shellcheck source=config/jdk25.sh
. "$top/config/jdk25.sh"
jdk=$(find_jdk25)

places
identities
declare -A of=()
for side in a b; do
  WIRE_JAVA_OPTS="${WIRE_JAVA_OPTS:-} -Xlog:gc,gc+heap=info:file=$work/gc-$side:uptime" connector $side
  of[$side]=$!
done
join plain 10.9.1 --plain
join sealed 10.9.2
ip netns exec "$run-b" iperf3 -s >"$work/iperf.log" 2>&1 &
pids+=($!)
# Compiled, and with all its buffers.
for net in 10.9.1 10.9.2; do until_true 20 in_ns a iperf3 -c $net.2 -t 10; done

# What all threads together have allocated since they began, by the JVM's own account.
thread_bytes() { "$jdk/bin/jcmd" "${of[$1]}" Thread.print -e | sed -n 's/.* allocated=\([0-9.]*\)\([BKMG]\) .*/\1 \2/p' |
  awk '{m = $2 == "K" ? 1024 : $2 == "M" ? 1048576 : $2 == "G" ? 1073741824 : 1; sum += $1 * m} END {printf "%.0f", sum}'; }
collections() { grep -c 'Pause' "$work/gc-$1" || true; }
phase() { # NAME ADDRESS: the phase as a line of JSON; without an address nothing is sent
  local side bytes=0
  local -A count=() allocated=()
  for side in a b; do count[$side]=$(collections $side); allocated[$side]=$(thread_bytes $side); done
  if [ -n "$2" ]; then bytes=$(in_ns a iperf3 -c "$2" -t "$SECONDS_EACH" -J | jq .end.sum_received.bytes); else sleep "$SECONDS_EACH"; fi
  for side in a b; do
    count[$side]=$(($(collections $side) - count[$side])); allocated[$side]=$(($(thread_bytes $side) - allocated[$side]))
  done
  jq -cn --arg name "$1" --argjson bytes "$bytes" --argjson seconds "$SECONDS_EACH" --argjson ca "${count[a]}" --argjson cb "${count[b]}" \
    --argjson aa "${allocated[a]}" --argjson ab "${allocated[b]}" '
    def per: if $bytes == 0 then null else . / ($bytes / 1400) | . * 10 | round / 10 end;
    {phase: $name, seconds: $seconds, tcpMbps: ($bytes * 8 / $seconds / 1e6 | round),
     sender: {collections: $ca, allocatedMegabytes: ($aa / 1e6 | round), bytesFor1400: ($aa | per)},
     receiver: {collections: $cb, allocatedMegabytes: ($ab / 1e6 | round), bytesFor1400: ($ab | per)}}' | tee -a "$work/phases" >&2
}
phase idle ""
phase plain 10.9.1.2
phase sealed 10.9.2.2
mkdir -p "$(dirname "$result")"
for side in a b; do cp "$work/gc-$side" "${result%.json}-gc-$side.log"; done
mapfile -d '' -t about < <(about)
jq -n --slurpfile phases "$work/phases" "${about[@]}" \
  '{date: $date, commit: $commit, runtime: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor, load: $load, phases: $phases}' >"$result"
echo "written to $result; the collectors' logs are beside it"
