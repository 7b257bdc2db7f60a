# Two places and a connector in each, for the benchmarks that source this; with $run as the beginning of all names, $work as a
# folder of their own, and everything gone when they end.
#
#   a: connector host-a ── veth MTU 1500, 192.0.2.1 ─ 192.0.2.2 ── b: connector host-b
#
# shellcheck shell=bash
run=vw${script:0:2}$$
work=$(mktemp -d "/tmp/$run.XXXXXX")
export WIRE_HOME=$work/home
wire=$top/bin/wire
load=$(cut -d ' ' -f 1-3 /proc/loadavg)
pids=()
clean() {
  local status=$? pid name
  trap - EXIT INT TERM HUP
  exec 7>&- 8>&- || true
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
fail() { echo "$script.sh: $1" >&2; exit 1; }
in_ns() { ip netns exec "$run-$1" "${@:2}"; }
until_true() { # SECONDS COMMAND…
  local limit=$((SECONDS + $1))
  until "${@:2}" >"$work/last" 2>&1; do
    [ $SECONDS -lt $limit ] || { cat "$work/last" >&2; fail "did not come true within $1 s: ${*:2}"; }
    sleep 0.1
  done
}
places() {
  local side
  ip netns add "$run-a"; ip netns add "$run-b"
  for side in a b; do
    ip -n "$run-$side" link set lo up
    # Neighbour discovery on each device is not what is measured.
    in_ns $side sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
  done
  ip link add eth0 netns "$run-a" mtu 1500 type veth peer name eth0 netns "$run-b" mtu 1500
  for side in a b; do
    ip -n "$run-$side" addr add "192.0.2.$(number $side)/24" dev eth0; ip -n "$run-$side" link set eth0 up
  done
}
number() { if [ "$1" = a ]; then echo 1; else echo 2; fi; }
# identities MORE…: a tenant, the two connectors, and who else there is
identities() {
  local name
  "$wire" init --tenant bench >/dev/null
  for name in host-a host-b "$@"; do "$wire" identity issue "$name" --out "$work/$name.wire" >/dev/null; done
  for name in a b; do "$wire" host add "host-$name" "192.0.2.$(number $name):7472" >/dev/null; done
}
# connector SIDE: starts it, and says in $took after how many milliseconds it was ready; $! is its pid
connector() {
  local log=$work/connector-$1.log began=$EPOCHREALTIME
  : >"$log"
  ip netns exec "$run-$1" "$wire" connector run --identity "$work/host-$1.wire" --listen "192.0.2.$(number "$1")" \
    --state "$work/connector-$1" >>"$log" 2>&1 &
  pids+=($!)
  until grep -q 'is ready: wires' "$log"; do
    kill -0 $! 2>/dev/null || fail "the connector of $1 ended"
    sleep 0.02
  done
  # shellcheck disable=SC2034
  took=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.0f", (b - a) * 1000}')
}
# join NAME NET OPTION…: a wire between two TAPs of this name, at NET.1 in a and NET.2 in b, over which a ping comes back
join() {
  local name=$1 net=$2 side
  in_ns a "$wire" connect "$name@host-a" "$name@host-b" "${@:3}" >/dev/null
  for side in a b; do
    until_true 20 ip -n "$run-$side" link show dev "$name"
    ip -n "$run-$side" addr add "$net.$(number $side)/24" dev "$name"; ip -n "$run-$side" link set "$name" up
  done
  until_true 30 in_ns a ping -c 1 -W 1 "$net.2"
}
# What a result says of the machine it was measured on, as arguments of jq.
about() {
  printf '%s\0' --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" --arg load "$load" \
    --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --arg jdk "$("$wire" --version | tr '\n' ' ')" \
    --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" --arg date "$(date -u +%FT%TZ)"
}
