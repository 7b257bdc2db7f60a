#!/usr/bin/env bash
# Two clouds on one machine, each with a libvirtd of its own, and a host outside of both; root.
#
#   cloud east 192.0.2.1 ─┐
#   cloud west 192.0.2.2 ─┼─ wan (a bridge in a namespace of its own), MTU 1500
#   host  out  192.0.2.3 ─┘
#
#   lab.sh up NAME                     makes it; NAME is 1 to 8 letters or digits, and in front of everything that is made
#   lab.sh exec NAME HOST COMMAND…     runs a command in east, west or out
#   lab.sh uri NAME CLOUD              where this machine reaches the cloud's libvirtd
#   lab.sh tcp NAME CLOUD              where the other cloud's libvirtd reaches it (virsh migrate … to there)
#   lab.sh guest NAME CLOUD GUEST TAP,MAC,IP/NN…
#                                      starts a small Linux in a cloud; its TAPs are there, made by a connector or by hand
#   lab.sh virsh NAME CLOUD ARGUMENT…  virsh of that cloud
#   lab.sh logs NAME FOLDER            copies what the guests' consoles and their QEMUs said
#   lab.sh down NAME                   ends guests and daemons, and removes everything
#
# The guest's kernel, and what libvirt found out of QEMU, are kept in target/vm.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scripts=$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm
daemon=$top/cloud-adapters/libvirt/src/main/resources/io/virtualwire/cloud/libvirt/libvirtd.sh
kept=$top/target/vm
do=${1:-} name=${2:-}
[[ $name =~ ^[a-z0-9]{1,8}$ ]] || { sed -n '2,19s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0 $*" >&2; exit 1; }
run=/run/wire-lab-$name # short, because the path of a unix socket must be

address() { case $1 in east) echo 192.0.2.1 ;; west) echo 192.0.2.2 ;; out) echo 192.0.2.3 ;; *) echo "no host $1: east, west or out" >&2; exit 2 ;; esac; }
ns() { local host=$1; shift; ip netns exec "$name-$host" "$@"; }
uri() { address "$1" >/dev/null; echo "qemu+unix:///system?socket=$run/$1/run/libvirt-sock"; }
tcp() { echo "qemu+tcp://$(address "$1")/system"; }

down() {
  local host pid
  for host in east west; do
    for pid in "$run/$host"/run/qemu/*.pid "$run/$host"/libvirtd.pid; do
      [ -s "$pid" ] && kill "$(cat "$pid" 2>/dev/null)" 2>/dev/null || true
    done
  done
  for host in east west out wan; do
    # What outlives its parent would keep the namespace, and every device in it, alive.
    for pid in $(ip netns pids "$name-$host" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns delete "$name-$host" 2>/dev/null || true
  done
  rm -rf "$run"
}

up() {
  local host
  [ ! -e "$run" ] || { echo "$name is up already. Run:  $0 down $name" >&2; exit 1; }
  trap 'down' ERR INT TERM HUP
  mkdir -p "$run" "$kept"
  bash "$scripts/guest.sh" build "$kept/guest"
  for host in wan east west out; do
    ip netns add "$name-$host"
    ip -n "$name-$host" link set lo up
  done
  ip -n "$name-wan" link add wan type bridge forward_delay 0
  ip -n "$name-wan" link set wan up
  for file in /proc/sys/net/bridge/bridge-nf-call-{iptables,ip6tables,arptables}; do
    ns wan sh -c "[ ! -e $file ] || echo 0 >$file"
  done
  for host in east west out; do
    ip -n "$name-$host" link add wan type veth peer name "$host" netns "$name-wan"
    ip -n "$name-wan" link set "$host" master wan up
    ip -n "$name-$host" address add "$(address "$host")/24" dev wan
    ip -n "$name-$host" link set wan up
  done
  for host in east west; do
    mkdir -p "$run/$host"
    ns "$host" setsid bash "$daemon" "$run/$host" "$(address "$host")" "$kept/capabilities" \
      </dev/null >"$run/$host.log" 2>&1 &
  done
  for host in east west; do
    for _ in $(seq 600); do
      ! virsh -q -c "$(uri "$host")" version >/dev/null 2>&1 || continue 2
      sleep 0.2
    done
    cat "$run/$host.log" >&2
    echo "libvirtd of $host does not answer" >&2
    false
  done
  trap - ERR INT TERM HUP
}

shift 2
case $do in
  up) up ;;
  down) down ;;
  exec) ns "$@" ;;
  uri) uri "$1" ;;
  tcp) tcp "$1" ;;
  virsh) cloud=$1; shift; virsh -q -c "$(uri "$cloud")" "$@" ;;
  logs)
    for host in east west; do
      virsh -q -c "$(uri $host)" list --all >"$1/machines-$host.log" || true
      cat "$run/$host"/log/*.console >"$1/console-$host.log" || true
      cat "$run/$host"/log/qemu/*.log >"$1/qemu-$host.log" || true
    done 2>/dev/null
    ;;
  guest)
    cloud=$1; shift
    bash "$scripts/guest.sh" xml "$kept/guest" "$@" >"$run/$1.xml"
    virsh -q -c "$(uri "$cloud")" create "$run/$1.xml" >/dev/null
    ;;
  *) echo "no such thing to do: $do" >&2; exit 2 ;;
esac
