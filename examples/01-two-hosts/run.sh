#!/usr/bin/env bash
# Two hosts and a wire between them, by the commands of the README; then one connector is killed and started again.
#
#     hosta                      router                      hostb
#   ┌────────────┐    ┌───────────────────────────┐    ┌────────────┐      three network namespaces,
#   │ web (TAP)  ├────┤ 192.0.2.0/24  198.51.100.0├────┤ db (TAP)   │      a routed underlay with MTU 1500
#   │ 10.1.0.1   │eth0│           /24             │eth0│ 10.1.0.2   │
#   └────────────┘    └───────────────────────────┘    └────────────┘
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root: sudo $0" >&2; exit 1; }
"$top/bin/wire" --build
run=vwx$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
mkdir -p "$work/hosta" "$work/hostb"
pids=()

take_down() {
  local pid name
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for name in hosta router hostb; do ip netns delete "$run-$name" 2>/dev/null || true; done
  rm -rf "$work"
}
finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ $status != 0 ]; then
    echo "failed; the connectors said:" >&2
    tail -n 30 "$work"/*.log >&2 2>/dev/null || true
  fi
  take_down
  exit $status
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# say TEXT: what a reader sees, and what expected.txt has
say() { printf '%s\n' "$*" | tee -a "$work/said"; }
# on HOST COMMAND…: a command as somebody logged in on that host types it
on() { local host=$1; shift; ip netns exec "$run-$host" env WIRE_HOME="$work/$host" PATH="$top/bin:$PATH" "$@"; }
# await SECONDS WHAT COMMAND…
await() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || { echo "$what did not happen in time" >&2; exit 1; }
    sleep 0.05
  done
}
# connector HOST ARGUMENTS…: runs in the background; returns when it says that it is ready. $last is its pid.
connector() {
  local host=$1; shift
  : >"$work/$host.out"
  ip netns exec "$run-$host" env WIRE_HOME="$work/$host" PATH="$top/bin:$PATH" wire connector run "$@" \
    >"$work/$host.out" 2>>"$work/$host.log" &
  last=$!; pids+=("$last")
  await 30 "the connector on $host" grep -q "is ready" "$work/$host.out"
}

# The underlay
for name in hosta router hostb; do ip netns add "$run-$name"; ip -n "$run-$name" link set lo up; done
link() { # HOST ADDRESS GATEWAY
  ip link add eth0 netns "$run-$1" type veth peer name "$1" netns "$run-router"
  ip -n "$run-$1" addr add "$2" dev eth0; ip -n "$run-$1" link set eth0 up
  ip -n "$run-router" addr add "$3/24" dev "$1"; ip -n "$run-router" link set "$1" up
  ip -n "$run-$1" route add default via "$3"
}
link hosta 192.0.2.2/24 192.0.2.1
link hostb 198.51.100.2/24 198.51.100.1
ip netns exec "$run-router" sysctl -qw net.ipv4.ip_forward=1

# What the README says
say "hosta# wire init"
on hosta wire init >/dev/null
say "hosta# wire identity issue hostb"
(cd "$work" && on hosta wire identity issue hostb) >/dev/null
mv "$work/hostb.wire" "$work/hostb/"
say "hosta# wire connector run --name hosta &"
connector hosta --name hosta
say "$(cat "$work/hosta.out")"
say "hostb# wire connector run &"
connector hostb; connector_b=$last
say "$(cat "$work/hostb.out")"
# There is no DNS here:
on hosta wire host add hosta 192.0.2.2 >/dev/null
on hosta wire host add hostb 198.51.100.2 >/dev/null
say "hosta# wire connect web@hosta db@hostb"
joined=$(on hosta wire connect web@hosta db@hostb)
say "$(sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/WIRE/; s/[0-9]+-byte/N-byte/; s/, round trip.*//' <<<"$joined")"
on hosta ip address add 10.1.0.1/24 dev web
on hostb ip address add 10.1.0.2/24 dev db

pings() { on hosta ping -q -n -M do -s 1472 -c "$1" -i 0.01 -W 0.2 10.1.0.2; }
await 10 "the first ping" pings 1
pings 100 | grep -q " 0% packet loss"
say "100 pings of 1472 bytes, not fragmented: none lost"

say "hostb# kill -9 CONNECTOR; wire connector run &"
kill -9 "$connector_b"
wait "$connector_b" 2>/dev/null || true
on hostb ip -br address show db | grep -q 10.1.0.2/24
say "while it is dead: device db is there with its address"
connector hostb
began=$(date +%s%N)
until pings 1 >/dev/null 2>&1; do
  [ $(($(date +%s%N) - began)) -lt 5000000000 ] || { echo "the wire did not come back" >&2; exit 1; }
done
took=$((($(date +%s%N) - began) / 1000000))
echo "traffic was back $took ms after the connector was ready" >&2
[ $took -lt 1000 ] || { echo "that took longer than a second" >&2; exit 1; }
pings 100 | grep -q " 0% packet loss"
say "after the restart: traffic is back within a second, 100 pings, none lost"

say "hosta# wire disconnect web@hosta"
on hosta wire disconnect web@hosta >/dev/null
if pings 1 >/dev/null 2>&1; then echo "traffic passes a wire that was unplugged" >&2; exit 1; fi
say "unplugged: nothing passes"

diff "$here/expected.txt" "$work/said" || { echo "this is not what expected.txt has" >&2; exit 1; }
