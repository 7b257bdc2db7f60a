#!/usr/bin/env bash
# The parts alone, by JMH: a table of a million addresses, the bridge's decision, a flood to a thousand ports, sealing and opening
# a datagram; and what each of them allocates.
#
# micro.sh [RESULT.json]; BENCHMARKS is a pattern of their names, OPTIONS further options of JMH.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BENCHMARKS=${BENCHMARKS:-'ForwardingDatabase|Bridge|Flood|DataCipher'}
result=${1:-$top/target/bench/micro.json}
load=$(cut -d ' ' -f 1-3 /proc/loadavg)
[ -e "$top/benchmarks/target/classes/META-INF/BenchmarkList" ] || { echo "micro.sh: benchmarks is not built. Run:  make bench-micro" >&2; exit 1; }
# shellcheck source=config/jdk25.sh
. "$top/config/jdk25.sh"
raw=$(mktemp)
trap 'rm -f "$raw"' EXIT
classes=$top/benchmarks/target/classes:$(cat "$top/benchmarks/target/classpath")
read -ra options <<<"${OPTIONS:-}"
"$(find_jdk25)/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "$classes" \
  org.openjdk.jmh.Main "$BENCHMARKS" -prof gc -rf json -rff "$raw" "${options[@]}" >&2
mkdir -p "$(dirname "$result")"
jq --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" --arg load "$load" --arg date "$(date -u +%FT%TZ)" \
  --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" \
  --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" '
  def digits: . * 100 | round / 100;
  {date: $date, commit: $commit, jdk: .[0].vmVersion, kernel: $kernel, cpus: $cpus, processor: $processor, load: $load,
   rows: [.[] | {benchmark: (.benchmark | split(".") | .[-2:] | join(".")), parameters: (.params // {}),
     score: (.primaryMetric.score | digits), error: (.primaryMetric.scoreError | if type == "number" then digits else null end),
     unit: .primaryMetric.scoreUnit, bytesAllocated: (.secondaryMetrics["gc.alloc.rate.norm"].score | digits)}]}' "$raw" >"$result"
jq -r '.rows[] | [.benchmark, (.parameters | to_entries | map("\(.key)=\(.value)") | join(",")), .score, .unit, "\(.bytesAllocated) B"] | @tsv' "$result"
echo "written to $result"
