#!/usr/bin/env bash
# A fabric of three nodes and a host, all in one network namespace; a program of another JVM that follows and drives it over
# the event bus is killed, and so is the node that it was at. Root, for the namespace and the guest's device.
#
#   Follower ── bus ──▶ node west   node east   witness        192.0.2.2, .1, .3
#                          │ switch lan
#                          └── wire ── connector h1 ── web     192.0.2.4
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
"$top/bin/wire" --build
# shellcheck source=../../config/jdk25.sh
. "$top/config/jdk25.sh"
run=vwe$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home WIRE_NO_BUILD=1
wire=$top/bin/wire
started=$SECONDS
pids=()

say() { printf '%3ds  %s\n' $((SECONDS - started)) "$*"; }
die() { printf 'failed: %s\n' "$*" >&2; exit 1; }
in_ns() { ip netns exec "$run" "$@"; }
start() { local log=$1; shift; ip netns exec "$run" "$@" >"$work/$log" 2>&1 & last=$!; pids+=("$last"); }
await() { # SECONDS WHAT COMMAND…
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $limit ] || die "$what did not happen in time"; sleep 0.1; done
}
finish() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [ $status != 0 ]; then tail -n 15 "$work"/*.log >&2 2>/dev/null || true; cat "$work/story" >&2 2>/dev/null || true; fi
  local pid
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  ip netns delete "$run" 2>/dev/null || true
  rm -rf "$work"
  exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

ip netns add "$run"
ip -n "$run" link set lo up
for n in 1 2 3 4; do ip -n "$run" addr add 192.0.2.$n/32 dev lo; done

say "identities: one tenant, four daemons, and the program"
"$wire" init --tenant bus >/dev/null
for n in h1 node-east node-west node-witness follower; do "$wire" identity issue $n --out "$work/$n.wire" >/dev/null; done

say "three nodes and a connector"
peers=east=192.0.2.1:7483,west=192.0.2.2:7483,witness=192.0.2.3:7483
start connector.log "$wire" connector run --identity "$work/h1.wire" --listen 192.0.2.4 --state "$work/h1"
start east.log "$wire" node run --name east --identity "$work/node-east.wire" --listen 192.0.2.1 --peers $peers --state "$work/east"
start west.log "$wire" node run --name west --identity "$work/node-west.wire" --listen 192.0.2.2 --peers $peers --state "$work/west"
west=$last
start witness.log "$wire" node run --witness --name witness --identity "$work/node-witness.wire" --listen 192.0.2.3 --peers $peers --state "$work/witness"
"$wire" host add h1 192.0.2.4:7472 >/dev/null
# A command is a JVM of its own: asked only when the daemon says that it is there.
await 120 "the connector" grep -q "is ready: wires" "$work/connector.log"
await 120 "the connector" in_ns "$wire" endpoint add web --host h1
ip -n "$run" link set web up
for n in east west; do await 120 "node $n" grep -q "is up" "$work/$n.log"; done
for n in 192.0.2.1 192.0.2.2; do await 120 "node $n" in_ns "$wire" switch ls --node $n:7482; done

java_home=${JAVA_HOME:-}
case $java_home in */*25*) ;; *) java_home=$(find_jdk25) ;; esac
jars=("$top"/wire-cli/target/dist/wire-cli-*.jar)
"$java_home/bin/javac" -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -cp "${jars[0]}" -d "$work/classes" "$here/Follower.java"
follow() {
  start "$1" "$java_home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "${jars[0]}:$work/classes" Follower \
    "$work/follower.wire" "$work/story" "$here/topology.yaml" 192.0.2.2 192.0.2.1
}
happened() { grep -q "$1" "$work/story"; }

say "the program applies a topology, and moves the switch"
follow follower-1.log; first=$last
await 90 "the move to the west" happened " component.measured "
kill -9 "$first"; wait "$first" 2>/dev/null || true
say "it is killed; then the node that holds the switch is killed"
before=$(wc -l <"$work/story")
kill -9 "$west"; wait "$west" 2>/dev/null || true
follow follower-2.log
await 90 "the takeover" happened " component.placed lan west -> east"
await 90 "the word that west is gone" happened " node.left west"
say "started again, it went on behind event $before"

total=$(wc -l <"$work/story")
diff <(seq "$total") <(cut -d' ' -f1 "$work/story") || die "an event is missing, or there twice"
[ "$total" -gt "$before" ] || die "nothing was told after the restart"
say "events 1 to $total, each once"
cut -d' ' -f2- "$work/story" | grep -vE '^(node\.joined|wire\.down|component\.failed lan east|wire\.up lan lan/web west)' | sort -u |
  diff "$here/expected.txt" - || die "this is not what expected.txt has"

# ask PATH CURL-OPTION…: what the node in the east says over REST, to the same person
ask() { local path=$1; shift; in_ns curl -sk --max-time 20 --cert "$work/follower.wire" "$@" "https://192.0.2.1:7482/v1/$path"; }
apply() { ask "topology?origin=topology.yaml$1" -H "Idempotency-Key: $2" --data-binary "@$3"; }
version=$(ask topology | jq .version)
[ "$(apply '' example-apply "$here/topology.yaml" | jq .version)" = "$version" ] || die "what was asked of the lost node was done again"
sed 's/port: web/port: www/' "$here/topology.yaml" >"$work/other.yaml"
[ "$(apply '' example-apply "$work/other.yaml" | jq -r .code)" = ALREADY_EXISTS ] || die "a key stood for two requests"
[ "$(apply '&expectedVersion=0' other "$work/other.yaml" | jq -r .code)" = VERSION_CONFLICT ] || die "an old version was replaced"
[ "$(ask topology | jq .version)" = "$version" ] || die "something of that was done"
diff <(seq $((before + 1)) "$total") \
  <(ask "events?since=$before&follow=false" | jq -r 'select(.type != "alive" and .sequence <= '"$total"') | .sequence') ||
  die "another node tells other events"
say "the same request is known at the node that is left, an old version is refused, events go on there"

noted() { jq -r 'select(.caller == "bus/follower") | [.operation, .outcome, .code // "-"] | join(" ")' "$work/$1/audit.jsonl"; }
for line in "virtualwire.v1.topology.apply done -" "virtualwire.v1.components.migrate done -"; do
  grep -qxF "$line" <(noted west) || die "not in the audit log of west: $line"
done
for line in "applyTopology done -" "applyTopology refused ALREADY_EXISTS" "applyTopology refused VERSION_CONFLICT"; do
  grep -qxF "$line" <(noted east) || die "not in the audit log of east: $line"
done
say "who asked for what is in the audit logs of both nodes"

# Whatever dashboard, alerts and documents ask for is there, by one of the two; but counts of what did not happen, and
# what passes through who was not told to be a relay.
ask metrics >"$work/metrics.east"
in_ns curl -sk --max-time 20 --cert "$work/follower.wire" "https://192.0.2.4:7472/v1/metrics" >"$work/metrics.h1"
there=$(cat "$work"/metrics.* | grep -v '^#' | sed 's/[{ ].*//' | sort -u)
promised=$(grep -ohE '\b(virtualwire|jvm|process|system)_[a-z0-9_]+' \
  "$top"/packaging/{grafana/virtualwire.json,prometheus/alerts.yaml} "$top/docs/operations.md" | sort -u)
missing=$(comm -23 <(echo "$promised") <(echo "$there") | grep -vE '^virtualwire_((endpoint|wire|port|association)_drops_total|relayed_(streams|bytes_total))$' || true)
[ -z "$missing" ] || die "promised, but not measured: $missing"
grep -q '^virtualwire_component_held{component="lan",node="east"} 1' "$work/metrics.east" || die "the holder of lan is not measured"
grep -q '^virtualwire_nodes_present 1' "$work/metrics.east" || die "the lost node is not measured"
grep -qE '^virtualwire_credentials_expire_seconds [1-9]' "$work/metrics.east" || die "the certificate's end is not measured"
say "$(wc -w <<<"$promised") metrics that are promised are there"
say "done"
