#!/usr/bin/env bash
# How often QEMU's own software emulation breaks a guest when it moves: plain QEMU, from process to process over a unix socket, without
# libvirt and without VirtualWire. What this counts is not ours, and comes on top of whatever tests with emulated guests see.
#
#   emulation.sh [GUESTS [MOVES [BUSY]]]   so many guests at once, each moved so often, beside so many busy loops (4, 60, 3)
#
# A guest is whole if it answers pings and has the boot id that it began with. Of one that is not, its console's last lines are shown.
# Needs root, and a guest that `make demo-vm` or `make test` has built. Everything happens in a network namespace of its own.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
guests=${1:-4} moves=${2:-60} busy=${3:-3}
kernel=$top/target/vm/guest/vmlinuz initrd=$top/target/vm/guest/initrd.gz
[ -e "$initrd" ] || { echo "emulation.sh: no guest is built. Run:  make demo-vm" >&2; exit 1; }
if [ "${VW_INSIDE:-}" != 1 ]; then
  VW_INSIDE=1 exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$guests" "$moves" "$busy"
fi
# From here on this is process 1 of its own namespace: whatever is left ends with it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
ip link set lo up
ip link add br0 type bridge; ip addr add 10.9.0.1/24 dev br0; ip link set br0 up

tell() { echo "$3" >"$work/$1.$2.in"; } # GUEST NUMBER COMMAND: to that QEMU's monitor, which answers in GUEST.NUMBER.out
emulate() { # GUEST NUMBER MORE…: a QEMU with a TAP of its own
  local guest=$1 number=$2 tap=t$1x$2
  shift 2
  ip tuntap add "$tap" mode tap vnet_hdr; ip link set "$tap" master br0 up
  mkfifo "$work/$guest.$number.in"
  qemu-system-x86_64 -machine pc -accel tcg -m 192 -nodefaults -display none -no-reboot -kernel "$kernel" -initrd "$initrd" \
    -append "console=ttyS0 quiet panic=1 wire.name=g$guest wire.mtu=1500 wire.dirty=0 wire.ip0=10.9.0.1$guest/24" \
    -netdev "tap,id=n,ifname=$tap,script=no,downscript=no,vhost=off" -device "virtio-net-pci,netdev=n,mac=52:54:00:00:00:0$guest,romfile=" \
    -chardev "file,id=c,path=$work/$guest.console,append=on" -device isa-serial,chardev=c \
    -monitor stdio "$@" <>"$work/$guest.$number.in" >"$work/$guest.$number.out" 2>>"$work/$guest.log" &
  qemu=$!
}
whole() { # GUEST: says its boot id
  local id
  for _ in $(seq 40); do ! ping -n -q -c 1 -W 1 "10.9.0.1$1" >/dev/null || break; done
  for _ in 1 2 3; do
    id=$(curl -s -m 15 "http://10.9.0.1$1/cgi-bin/id" | cut -d' ' -f2)
    [ -z "$id" ] || { echo "$id"; return; }
  done
}
life() { # GUEST: moves it from process to process
  local guest=$1 number=0 qemu former id
  emulate "$guest" 0
  until grep -q 'guest ready' "$work/$guest.console" 2>/dev/null; do sleep 0.5; done
  id=$(whole "$guest")
  [ -n "$id" ] || { echo "guest $guest did not come up" >&2; return 1; }
  ping -n -q -i 0.01 "10.9.0.1$guest" >/dev/null &
  while [ "$number" -lt "$moves" ]; do
    former=$qemu
    emulate "$guest" $((number + 1)) -incoming "unix:$work/$guest.$((number + 1)).move"
    until [ -S "$work/$guest.$((number + 1)).move" ]; do kill -0 "$qemu" || return 1; sleep 0.05; done
    tell "$guest" "$number" "migrate -d unix:$work/$guest.$((number + 1)).move"
    until grep -q 'status: completed' "$work/$guest.$number.out"; do
      ! grep -q . "$work/$guest.log" || { cat "$work/$guest.log" >&2; return 1; }
      sleep 0.1
      tell "$guest" "$number" "info migrate"
    done
    tell "$guest" "$number" quit
    wait "$former" || true
    ip link del "t${guest}x$number" 2>/dev/null || true
    number=$((number + 1))
    echo moved >>"$work/$guest.moves"
    if [ "$(whole "$guest")" != "$id" ]; then
      { echo "guest $guest is broken after move $number; its console:"; tail -n 40 "$work/$guest.console"; } >&2
      echo broken >>"$work/$guest.broken"
      return
    fi
  done
}

for _ in $(seq "$busy"); do (while :; do :; done) & done
lives=()
for guest in $(seq "$guests"); do life "$guest" & lives+=($!); done
for each in "${lives[@]}"; do wait "$each" || { echo "emulation.sh: a guest could not be moved" >&2; exit 1; }; done
printf '{"qemu": "%s", "guests": %d, "busyLoops": %d, "moves": %d, "broken": %d, "load": "%s"}\n' \
  "$(qemu-system-x86_64 --version | sed -n '1s/.*version //p')" "$guests" "$busy" \
  "$(cat "$work"/*.moves | wc -l)" "$(cat "$work"/*.broken 2>/dev/null | wc -l)" "$(cut -d' ' -f1 /proc/loadavg)"
