#!/usr/bin/env bash
# Runs the commands of README.md, word for word, on two hosts that are network namespaces; between its two blocks one connector
# is killed and started again, and a page of docs/rest-api.md is tried.
#
#     hosta                      router                      hostb
#   ┌────────────┐    ┌───────────────────────────┐    ┌────────────┐      three network namespaces,
#   │ web (TAP)  ├────┤ 192.0.2.0/24  198.51.100.0├────┤ db (TAP)   │      a routed underlay with MTU 1500
#   │ 10.1.0.1   │eth0│           /24             │eth0│ 10.1.0.2   │
#   └────────────┘    └───────────────────────────┘    └────────────┘
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
"$top/bin/wire" --build
run=vwx$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
mkdir -p "$work/hosta" "$work/hostb" "$work/bin"
pids=()

take_down() {
  local pid name
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for name in hosta router hostb; do
    ip netns delete "$run-$name" 2>/dev/null || true
    rm -rf "/etc/netns/$run-$name"
  done
  rmdir /etc/netns 2>/dev/null || true
  rm -rf "$work"
}
finish() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP # a second Ctrl-C would leave the rest behind
  case $status in
    0) ;;
    129 | 130 | 143) echo "interrupted; taking everything down" >&2 ;;
    *) echo "failed; the connectors said:" >&2; tail -n 30 "$work"/*.log >&2 2>/dev/null || true ;;
  esac
  take_down
  exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# say TEXT: what a reader sees, and what expected.txt has
say() { printf '%s\n' "$*" | tee -a "$work/said"; }
# login HOST: sets $login to what makes a command one that somebody logged in on that host types
login() {
  login=(ip netns exec "$run-$1" env -u WIRE_HOME HOME="$work/$1" PATH="$work/bin:$top/bin:$PATH" bash -c 'cd && exec "$@"' "$1")
}
on() { login "$1"; shift; "${login[@]}" "$@"; } # HOST COMMAND…
# await SECONDS WHAT COMMAND…
await() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || { echo "$what did not happen in time" >&2; exit 1; }
    sleep 0.05
  done
}
# background HOST COMMAND…: returns when it says that it is ready. $last is its pid.
background() {
  local host=$1; shift
  : >"$work/$host.out"
  login "$host"
  "${login[@]}" "$@" >"$work/$host.out" 2>>"$work/$host.log" &
  last=$!; pids+=("$last")
  await 30 "'$*' on $host" grep -q "is ready: wires" "$work/$host.out"
}

# The underlay, and names for it
for name in hosta router hostb; do ip netns add "$run-$name"; ip -n "$run-$name" link set lo up; done
link() { # HOST ADDRESS GATEWAY
  ip link add eth0 netns "$run-$1" type veth peer name "$1" netns "$run-router"
  ip -n "$run-$1" addr add "$2/24" dev eth0; ip -n "$run-$1" link set eth0 up
  ip -n "$run-router" addr add "$3/24" dev "$1"; ip -n "$run-router" link set "$1" up
  ip -n "$run-$1" route add default via "$3"
  mkdir -p "/etc/netns/$run-$1"
  printf '127.0.0.1 localhost\n192.0.2.2 hosta\n198.51.100.2 hostb\n' >"/etc/netns/$run-$1/hosts"
}
link hosta 192.0.2.2 192.0.2.1
link hostb 198.51.100.2 198.51.100.1
ip netns exec "$run-router" sysctl -qw net.ipv4.ip_forward=1
printf '#!/bin/sh\ncp "$1" "%s/${2%%%%:*}/${2#*:}"\n' "$work" >"$work/bin/scp" # between two folders of this machine
chmod +x "$work/bin/scp"

# type_block N: what the README's Nth block of commands says
type_block() {
  local host line
  local -a words
  while IFS= read -r line; do
    host=${line%%# *} line=${line#*# }
    line=$(sed 's/  *# .*//' <<<"$line")
    say "$host# $line"
    read -ra words <<<"${line% &}"
    case $line in
      *' &') background "$host" "${words[@]}"; declare -g "pid_$host=$last"; say "$(cat "$work/$host.out")" ;;
      'wire connect '* | 'wire disconnect '* | 'wire init' | 'wire identity issue '*)
        on "$host" "${words[@]}" >"$work/output" 2>>"$work/commands.log"
        say "$(sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/WIRE/; s/[0-9]+-byte/N-byte/
          s/[0-9-]{10}T[0-9:]{8}Z/DATE/; s|'"$work"'/[^/ ]*|~|' "$work/output")" ;;
      *) on "$host" "${words[@]}" || { echo "failed: $line" >&2; exit 1; } ;;
    esac
  done < <(awk -v wanted="$1" '/^```/ { inside = !inside; if (inside) block++; next } inside && block == wanted' "$here/README.md")
}
pings() { on hosta ping -q -n -M do -s 1472 -c "$1" -i 0.01 -W 0.2 10.1.0.2; }

type_block 1
pings 100 | grep -q " 0% packet loss"
say "100 pings of 1472 bytes, not fragmented: none lost"

say "hostb# kill -9 CONNECTOR; wire connector run --identity hostb.wire &"
kill -9 "$pid_hostb"
wait "$pid_hostb" 2>/dev/null || true
on hostb ip -br address show db | grep -q 10.1.0.2/24
say "while it is dead: device db is there with its address"
background hostb wire connector run --identity hostb.wire
began=$(date +%s%N)
until pings 1 >/dev/null 2>&1; do
  [ $(($(date +%s%N) - began)) -lt 5000000000 ] || { echo "the wire did not come back" >&2; exit 1; }
done
took=$((($(date +%s%N) - began) / 1000000))
echo "traffic was back $took ms after the connector was ready" >&2
[ $took -lt 1000 ] || { echo "that took longer than a second" >&2; exit 1; }
pings 100 | grep -q " 0% packet loss"
say "after the restart: traffic is back within a second, 100 pings, none lost"

request=$(grep '^curl ' "$top/docs/rest-api.md")
say "hosta# $request"
on hosta bash -c "$request" | grep -q '"identity":"home/hosta"'

type_block 2
if pings 1 >/dev/null 2>&1; then echo "traffic passes a wire that was unplugged" >&2; exit 1; fi
say "unplugged: nothing passes"

diff "$here/expected.txt" "$work/said" || { echo "this is not what expected.txt has" >&2; exit 1; }
