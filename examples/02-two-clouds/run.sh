#!/usr/bin/env bash
# Two clouds on one machine, a switch across them, and the switch moving while traffic flows.
#
#        cloud east              |              cloud west
#                                |
#   web ─┐                       |                      ┌─ db
#        ├─ east-1 ── east-gw ───┼─── west-gw ─┬─ west-1┘        each ─ is a veth of MTU 1500, each box a
#  client┘  connector            |             │  connector      network namespace; guests hold nothing but
#           node east            |             │  node west      the TAP that their host's connector gave them
#                                |             └─ west-2 ─ app
#                                |                connector, node west2
#
# KEEP=1     leave everything up at the end and say how to look around
# STREAM_MIB bytes to stream at the least (default 1024); STREAM_MIB_PER_SECOND=N, no faster than that
# CAPTURE=F  write what crosses the link between the clouds to F (pcap); CAPTURE_INSIDE=F, what guests app and db see of it;
#            CAPTURE_CLUSTER=F, what goes over the loopback of host east-1
# FAULTS=1   afterwards nodes are killed, clouds cut from each other, a disk lost (faults.sh); what happened goes to faults.json
# OUT=DIR    where results and logs go (default target/demo)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
OUT=${OUT:-$top/target/demo}
STREAM_MIB=${STREAM_MIB:-1024}
run=vw$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home
wire=$top/bin/wire
mkdir -p "$OUT"
rm -f "$OUT"/*.log "$OUT"/*.json "$OUT"/*.sha256 "$OUT"/*.bytes
started=$SECONDS
pids=()

say()  { printf '%s  %s\n' "$(printf '%3ds' $((SECONDS - started)))" "$*"; }
die()  { printf '\nfailed: %s\n' "$*" >&2; exit 1; }
ns()   { local name=$1; shift; ip netns exec "$run-$name" "$@"; }
# Starts a command in a namespace in the background; $last is its pid.
start(){ local name=$1 log=$2; shift 2; ip netns exec "$run-$name" "$@" >"$OUT/$log" 2>&1 & last=$!; pids+=("$last"); }

take_down() {
  local pid name
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
  for name in $(ip netns list 2>/dev/null | awk -v r="$run-" 'index($1, r) == 1 {print $1}'); do ip netns delete "$name" || true; done
  rm -rf "$work"
}
finish() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP # a second Ctrl-C would leave the rest behind
  if [ "${KEEP:-}" = 1 ] && [ $status = 0 ]; then
    { declare -p run work pids; declare -f take_down; echo take_down; } >"$work/down.sh"
    local there=west
    [ "$(ns east-1 "$wire" switch show lan -o json | jq -r .node)" != west ] || there=east
    cat <<TXT

Left up. Look around:
  export WIRE_HOME=$WIRE_HOME
  ip netns exec $run-east-1 $wire ls
  ip netns exec $run-east-1 $wire switch show lan
  ip netns exec $run-web ping -c 5 10.1.0.3
  ip netns exec $run-east-gw tcpdump -ni wan -c 20
  ip netns exec $run-east-1 $wire migrate lan --to $there
Take it down:
  bash $work/down.sh
TXT
    exit 0
  fi
  case $status in
    0) ;;
    129 | 130 | 143) echo "interrupted; taking everything down" >&2 ;;
    *)
      for f in "$OUT"/connector-*.log "$OUT"/node-*.log; do [ -s "$f" ] && { echo "--- $f (last lines)"; tail -n 15 "$f"; } >&2; done
      echo "all logs are in $OUT" >&2
      ;;
  esac
  take_down
  exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the underlay -------------------------------------------------------------------------------------------------
add_ns() {
  ip netns add "$run-$1"
  ip -n "$run-$1" link set lo up
}
# veth FROM DEV ADDRESS TO DEV ADDRESS
veth() {
  ip link add "$2" netns "$run-$1" mtu 1500 type veth peer name "$5" netns "$run-$4" mtu 1500
  ip -n "$run-$1" addr add "$3" dev "$2"; ip -n "$run-$1" link set "$2" up
  ip -n "$run-$4" addr add "$6" dev "$5"; ip -n "$run-$4" link set "$5" up
}
underlay() {
  local n
  for n in east-gw west-gw east-1 west-1 west-2 web client db app; do add_ns $n; done
  veth east-gw e1 192.0.2.9/30 east-1 eth0 192.0.2.10/30
  veth west-gw w1 198.51.100.9/30 west-1 eth0 198.51.100.10/30
  veth west-gw w2 198.51.100.19/29 west-2 eth0 198.51.100.20/29
  veth east-gw wan 203.0.113.1/30 west-gw wan 203.0.113.2/30
  for n in east-gw west-gw; do ns $n sysctl -qw net.ipv4.ip_forward=1; done
  ip -n "$run-east-gw" route add 198.51.100.0/24 via 203.0.113.2
  ip -n "$run-west-gw" route add 192.0.2.0/24 via 203.0.113.1
  ip -n "$run-east-1" route add default via 192.0.2.9
  ip -n "$run-west-1" route add default via 198.51.100.9
  ip -n "$run-west-2" route add default via 198.51.100.19
}

# --- waiting ------------------------------------------------------------------------------------------------------
# await SECONDS WHAT COMMAND…
await() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || die "$what did not happen in time"
    sleep 0.1
  done
}

# --- the main job -------------------------------------------------------------------------------------------------
declare -A address=([web]=10.1.0.1 [client]=10.1.0.2 [db]=10.1.0.3 [app]=10.1.0.4)
declare -A host=([web]=east-1 [client]=east-1 [db]=west-1 [app]=west-2)

say "underlay: clouds east and west, routed, MTU 1500"
underlay
"$wire" --version >"$OUT/version.txt"
if [ -n "${CAPTURE:-}" ]; then
  start east-gw tcpdump.log tcpdump -U -n -s 0 -i wan -w "$CAPTURE"
fi
if [ -n "${CAPTURE_CLUSTER:-}" ]; then
  start east-1 tcpdump-cluster.log tcpdump -U -n -s 0 -c 20000 -i lo -w "$CAPTURE_CLUSTER"
fi

say "identities: one tenant, six daemons"
"$wire" init --tenant demo >"$OUT/init.log"
for n in east-1 west-1 west-2; do "$wire" identity issue "$n" --out "$work/$n.wire" >>"$OUT/init.log"; done
for n in east west west2; do "$wire" identity issue "node-$n" --out "$work/node-$n.wire" >>"$OUT/init.log"; done

declare -A at=([east-1]=192.0.2.10 [west-1]=198.51.100.10 [west-2]=198.51.100.20)
declare -A node_host=([east]=east-1 [west]=west-1 [west2]=west-2)
peers=east=192.0.2.10:7483,west=198.51.100.10:7483,west2=198.51.100.20:7483

say "daemons: a connector on each of three hosts, a node beside each"
declare -A connector_pid=()
start_connector() { # NAME LOG
  start "$1" "$2" "$wire" connector run --identity "$work/$1.wire" --listen "${at[$1]}" --state "$work/connector-$1"
  connector_pid[$1]=$last
}
for n in east-1 west-1 west-2; do
  start_connector $n connector-$n.log
  "$wire" host add "$n" "${at[$n]}:7472" >>"$OUT/init.log"
done
declare -A node_pid=()
start_node() { # NAME LOG
  local h=${node_host[$1]}
  start "$h" "$2" "$wire" node run --name "$1" --identity "$work/node-$1.wire" --listen "${at[$h]}" --peers "$peers" --state "$work/node-$1"
  node_pid[$1]=$last
}
for n in east west west2; do start_node $n node-$n.log; done
# A command is a JVM of its own: asked only when the daemon says that it is there.
for n in east-1 west-1 west-2; do
  await 120 "connector $n" grep -q "is ready: wires" "$OUT/connector-$n.log"
  await 120 "connector $n" ns east-1 "$wire" endpoint ls --host "$n"
done
say "  the connectors answer; the nodes are still looking for each other"

say "guests: four namespaces, each with a TAP from its host's connector"
for g in web client db app; do
  ns east-1 "$wire" endpoint add "$g" --host "${host[$g]}" --netns "$run-$g" --tap eth0 --mtu 1500 >>"$OUT/init.log"
  ip -n "$run-$g" addr add "${address[$g]}/24" dev eth0
  ip -n "$run-$g" link set eth0 up
done

say "wire apply: switch lan in the east, four wires"
for n in east west west2; do await 180 "node $n" grep -q "is up" "$OUT/node-$n.log"; done
await 180 "the cluster" ns east-1 "$wire" apply -f "$here/topology.yaml" --node "${at[east-1]}:7482"
for g in web client db app; do
  for h in web client db app; do
    [ $g = $h ] || await 60 "a ping from $g to $h" ns $g ping -c 1 -W 1 "${address[$h]}"
  done
done
say "all pairs ping"
ns web ping -c 3 -i 0.2 -M do -s 1472 "${address[db]}" >"$OUT/ping-df.log" || die "a 1472-byte ping with DF did not pass"
say "1472 bytes with DF pass"

# What ping printed, summed up: {"sent","lost","duplicated","maxGapMillis"}. Those count that were sent a second before it ended, so
# that none is lost for having been under way.
end_ping() { kill -QUIT "$1"; sleep 1; kill -INT "$1"; wait "$1" || true; }
summed_up() {
  awk '
    /icmp_seq=/ {
      match($0, /icmp_seq=[0-9]+/); seq = substr($0, RSTART + 9, RLENGTH - 9) + wraps * 65536
      if (seq < last - 32768) { wraps++; seq += 65536 }
      match($0, /\[[0-9.]+\]/); t = substr($0, RSTART + 1, RLENGTH - 2)
      if (/DUP!/ || (seq in seen)) dup++; else seen[seq] = 1
      if (before && t - before > gap) gap = t - before
      before = t; if (seq > last) last = seq
    }
    match($0, /[0-9]+\/[0-9]+ packets/) { split(substr($0, RSTART, RLENGTH), counts, /[\/ ]/); sent = counts[2] + 0 }
    END {
      for (n = 1; n <= sent; n++) if (!(n in seen)) lost++
      printf "{\"sent\":%d,\"lost\":%d,\"duplicated\":%d,\"maxGapMillis\":%.1f}\n", sent, lost, dup, gap * 1000
    }
  ' "$1"
}

# --- traffic, and the move under it -------------------------------------------------------------------------------
# web pings db every 5 ms; app receives from client ever rising numbers, and both ends sum them.
start web ping.log ping -D -i 0.005 -p 566952747561 "${address[db]}"; ping_pid=$last
start app received.log bash -c 'socat -u TCP-LISTEN:5001,reuseaddr - | tee >(wc -c >"$0/received.bytes") | sha256sum >"$0/received.sha256"' "$OUT"; sink_pid=$last
await 30 "the stream's listener" ns app bash -c 'ss -ltn | grep -q :5001'
mkfifo "$work/source"
start client source.log bash -c '
  tee >(sha256sum >"$0/sent.sha256") <"$1" | socat -u - TCP:'"${address[app]}"':5001' "$OUT" "$work/source"; stream_pid=$last
if [ -n "${CAPTURE_INSIDE:-}" ]; then
  for g in app db; do start $g tcpdump-$g.log tcpdump -U -n -s 0 -c 2000 -i eth0 -w "$CAPTURE_INSIDE.$g"; done
  # The stream's first numbers are looked for in it, so it has to be there before them.
  for g in app db; do await 10 "the capture in $g" grep -q 'listening on' "$OUT/tcpdump-$g.log"; done
fi
if [ -n "${STREAM_MIB_PER_SECOND:-}" ]; then
  # Half a MiB, and a pause: where other work has the cores it is slower, and does not catch up.
  perl -e '$| = 1; while (read STDIN, $numbers, 1 << 19) { print $numbers; select undef, undef, undef, 0.5 / $ARGV[0] }' \
    "$STREAM_MIB_PER_SECOND" < <(exec seq 1000000000 9999999999 2>/dev/null) >"$work/source" & source_pid=$!
else
  seq 1000000000 9999999999 >"$work/source" 2>/dev/null & source_pid=$!
fi
pids+=("$source_pid")

streamed() { cat "/proc/$source_pid/io" | awk '/^wchar/ {print $2}'; }
sleep 1
migrate() {
  say "wire migrate lan --to $1, $(( $(streamed) >> 20 )) MiB into the stream"
  ns east-1 "$wire" migrate lan --to "$1" --node "${at[east-1]}:7482" -o json >"$OUT/migrate-$1.json" || die "wire migrate lan --to $1: $(cat "$OUT/migrate-$1.json")"
  say "  cut over in $(jq .cutoverMillis "$OUT/migrate-$1.json") ms, $(jq .totalMillis "$OUT/migrate-$1.json") ms in all"
}
migrate west
sleep 1
migrate east
sleep 1
# As an upgrade would: told to end, the node first moves what it runs to another one.
say "node east, which runs the switch, is told to end, $(( $(streamed) >> 20 )) MiB into the stream"
began=$(date +%s%3N)
kill "${node_pid[east]}"; wait "${node_pid[east]}" 2>/dev/null || true
leaving=$(($(date +%s%3N) - began))
lan_on=$(ns west-2 "$wire" switch show lan --node "${at[west-2]}:7482" -o json | jq -r .node)
say "  it has ended after $leaving ms; the switch is on $lan_on; node east is started again"
start_node east node-east-upgraded.log
await 90 "node east" grep -q "is up" "$OUT/node-east-upgraded.log"
await 90 "node east's return" ns west-2 bash -c "'$wire' switch ls --node '${at[west-2]}:7482' -o json | jq -e '.present | length == 3'"
while [ "$(streamed)" -lt $((STREAM_MIB << 20)) ] && kill -0 "$source_pid" 2>/dev/null; do sleep 0.2; done
sleep 0.5
kill "$source_pid"; wait "$source_pid" 2>/dev/null || true
await 60 "the end of the stream" bash -c "! kill -0 $sink_pid"
end_ping "$ping_pid"

# --- the report ---------------------------------------------------------------------------------------------------
summed_up "$OUT/ping.log" >"$OUT/pings.json"
sent=$(cut -d' ' -f1 "$OUT/sent.sha256"); received=$(cut -d' ' -f1 "$OUT/received.sha256")
jq -n --slurpfile pings "$OUT/pings.json" \
  --argjson bytes "$(cat "$OUT/received.bytes")" --argjson match "$([ -n "$sent" ] && [ "$sent" = "$received" ] && echo true || echo false)" \
  --argjson leaving "$leaving" --arg on "$lan_on" \
  --slurpfile west "$OUT/migrate-west.json" --slurpfile east "$OUT/migrate-east.json" '
  {pings: $pings[0], stream: {bytes: $bytes, sha256Match: $match},
   upgrade: {node: "east", leavingMillis: $leaving, to: $on},
   migrations: [$west[0], $east[0] | {component, from, to, cutoverMillis, totalMillis}]}' >"$OUT/result.json"

say "done"
echo
jq -r '"pings      \(.pings.sent) sent, \(.pings.lost) lost, \(.pings.duplicated) duplicated, longest gap \(.pings.maxGapMillis) ms",
       "stream     \(.stream.bytes) bytes, sha256 \(if .stream.sha256Match then "matches" else "DIFFERS" end)",
       (.migrations[] | "migration  \(.component) \(.from) -> \(.to): cut-over \(.cutoverMillis) ms, \(.totalMillis) ms in all"),
       "upgrade    of node \(.upgrade.node): lan -> \(.upgrade.to), ended after \(.upgrade.leavingMillis) ms"' "$OUT/result.json"
echo "written to $OUT/result.json"
jq -e --argjson min $((STREAM_MIB << 20)) '.pings.sent > 0 and .pings.lost == 0 and .pings.duplicated == 0
       and .stream.sha256Match and .stream.bytes >= $min and (.migrations | length) == 2 and .upgrade.to != "east"' "$OUT/result.json" >/dev/null \
  || die "something was lost or doubled: see above"

# --- what may go wrong ---------------------------------------------------------------------------------------------
[ -n "${FAULTS:-}" ] || exit 0
# shellcheck source=examples/02-two-clouds/faults.sh
. "$here/faults.sh"
faults
