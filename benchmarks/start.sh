#!/usr/bin/env bash
# How long the command takes and the daemons need to start, and what they keep in memory when idle.
#
# start.sh [RESULT.json]; ROUNDS says how often each is done. "first" is with nothing of it in the page cache, "warm" the median
# of the rounds after; "settled" the same again when the daemon that is asked has been asked 50 times more, as its JVM becomes faster, too.
# A daemon is ready when it says so; its memory is read 5 s later, when nobody asked it anything: all that is
# resident, of that what is its own alone (RssAnon), and its share where pages are others' too (Pss).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROUNDS=${ROUNDS:-10}
result=${1:-$top/target/bench/start.json}
work=$(mktemp -d /tmp/vwstart.XXXXXX)
export WIRE_HOME=$work/home
wire=$top/bin/wire
ns=vws$$
pids=()
clean() {
  local status=$? pid
  trap - EXIT INT TERM HUP
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  ip netns delete $ns 2>/dev/null || true
  [ $status = 0 ] || tail -n 20 "$work"/*.log >&2 || true
  rm -rf "$work"
  exit $status
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

ip netns add $ns; ip -n $ns link set lo up
inside() { ip netns exec $ns "$@"; }
median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
millis() { # COMMAND…: how long it took
  local began=$EPOCHREALTIME
  "$@" >"$work/out.log" 2>&1
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.0f\n", (b - a) * 1000}'
}
forget() { sync; echo 1 >/proc/sys/vm/drop_caches; }
command_figures() { # COMMAND…
  local first warm
  forget; first=$(millis inside "$@")
  warm=$(for _ in $(seq "$ROUNDS"); do millis inside "$@"; done | median)
  jq -cn --argjson first "$first" --argjson warm "$warm" '{firstMillis: $first, warmMillis: $warm}'
}
# ready LOG SIGN COMMAND…: starts a daemon, and says after how many milliseconds it was ready. $! is its pid.
ready() {
  local log=$work/$1.log sign=$2 began=$EPOCHREALTIME
  shift 2
  : >"$log"
  ip netns exec $ns "$@" >>"$log" 2>&1 &
  pids+=($!)
  until grep -q "$sign" "$log"; do
    kill -0 $! 2>/dev/null || { echo "start.sh: it ended: $*" >&2; exit 1; }
    sleep 0.005
  done
  took=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.0f\n", (b - a) * 1000}')
}
daemon_figures() { # LOG SIGN COMMAND…
  local all=() first rss own share
  forget; ready "$@"; first=$took
  for _ in $(seq "$ROUNDS"); do
    kill "${pids[-1]}"; wait "${pids[-1]}" || true; unset 'pids[-1]'
    ready "$@"; all+=("$took")
  done
  sleep 5
  rss=$(awk '/^VmRSS/ {print $2 / 1000}' "/proc/${pids[-1]}/status")
  own=$(awk '/^RssAnon/ {print $2 / 1000}' "/proc/${pids[-1]}/status")
  share=$(awk '/^Pss:/ {print $2 / 1000}' "/proc/${pids[-1]}/smaps_rollup")
  jq -cn --argjson first "$first" --argjson warm "$(printf '%s\n' "${all[@]}" | median)" --argjson rss "$rss" \
    --argjson own "$own" --argjson share "$share" \
    '{firstReadyMillis: $first, warmReadyMillis: $warm, idleMegabytes: $rss, idleOwnMegabytes: $own, idleShareMegabytes: $share}' >"$work/$1.json"
}

"$wire" init --tenant bench >/dev/null
"$wire" identity issue host --out "$work/host.wire" >/dev/null
"$wire" identity issue node --out "$work/node.wire" >/dev/null
daemon_figures connector "is ready: wires" "$wire" connector run --identity "$work/host.wire" --listen 127.0.0.1 --state "$work/connector"
daemon_figures node "is up" "$wire" node run --identity "$work/node.wire" --name node --peers node=127.0.0.1 --listen 127.0.0.1 --state "$work/node"
"$wire" host add host 127.0.0.1 >/dev/null
version=$(command_figures "$wire" --version)
ls=$(command_figures "$wire" ls)
for _ in $(seq 50); do inside "$wire" ls >"$work/out.log" 2>&1; done
settled=$(for _ in $(seq "$ROUNDS"); do millis inside "$wire" ls; done | median)

mkdir -p "$(dirname "$result")"
jq -n --argjson version "$version" --argjson ls "$ls" --argjson settled "$settled" --slurpfile connector "$work/connector.json" --slurpfile node "$work/node.json" \
  --argjson rounds "$ROUNDS" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" --arg jdk "$("$wire" --version | tr '\n' ' ')" \
  --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" \
  --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" --arg date "$(date -u +%FT%TZ)" \
  '{date: $date, commit: $commit, runtime: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor, rounds: $rounds,
    commands: {"wire --version": $version, "wire ls": ($ls + {settledMillis: $settled})}, daemons: {connector: $connector[0], node: $node[0]}}' | tee "$result"
echo "written to $result"
