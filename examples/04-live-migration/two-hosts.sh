#!/usr/bin/env bash
# Runs the commands of README.md for two hosts of your own, word for word, on the two clouds of lab.sh: hosta is east, hostb is west.
# Only what needs more than that is another: libvirt is reached by TCP and not by SSH, and scp copies between folders of this machine.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$top/examples/04-live-migration
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
"$top/bin/wire" --build
lab=h$$
work=$(mktemp -d "/tmp/$lab.XXXXXX")
mkdir -p "$work/hosta" "$work/hostb" "$work/bin"
pids=()
finish() {
  local status=$? pid
  trap - EXIT
  trap '' INT TERM HUP
  [ $status = 0 ] || tail -n 25 "$work"/*.log >&2 2>/dev/null || true
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  bash "$here/lab.sh" down "$lab"
  rm -rf "$work"
  exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

printf '#!/bin/sh\nfor f; do last=$f; done\nfor f; do [ "$f" = "$last" ] || cp "$f" "%s/${last%%%%:*}/"; done\n' "$work" >"$work/bin/scp"
chmod +x "$work/bin/scp"
bash "$here/lab.sh" up "$lab" >"$work/lab.log" 2>&1
# login HOST: sets $login to what makes a command one that somebody logged in on that host types
login() {
  local cloud=east
  [ "$1" = hosta ] || cloud=west
  login=(nsenter -t "$(cat "/run/wire-lab-$lab/$cloud/libvirtd.pid")" -m -u -n env -u WIRE_HOME HOME="$work/$1" PATH="$work/bin:$top/bin:$PATH" bash -c 'cd && exec "$@"' "$1")
}
on() { login "$1"; shift; "${login[@]}" "$@"; }
for cloud in east west; do printf '192.0.2.1 hosta\n192.0.2.2 hostb\n' >>"/run/wire-lab-$lab/$cloud/hosts"; done
on hosta hostname hosta
on hostb hostname hostb
bash "$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm/guest.sh" xml "$top/target/vm/guest" web1 web1,52:54:00:00:00:10,10.1.0.10/24 >"$work/hosta/web1.xml"
on hosta virsh -q define web1.xml >/dev/null

# until_true SECONDS COMMAND…: on a busy machine the first answers may come late, and a guest boots
until_true() {
  local limit=$((SECONDS + $1)); shift
  until "$@" >"$work/output.log" 2>&1; do
    [ $SECONDS -lt $limit ] || { echo "failed: $*" >&2; exit 1; }
    sleep 0.2
  done
}
while IFS= read -r line; do
  host=${line%%# *} line=${line#*# }
  line=$(sed 's/  *# .*//; s/qemu+ssh:/qemu+tcp:/g' <<<"$line")
  echo "$host# $line"
  read -ra words <<<"${line% &}"
  case $line in
    *' &')
      log=$work/${words[1]}-$host.log
      login "$host"
      "${login[@]}" "${words[@]}" >"$log" 2>&1 &
      pids+=($!)
      [ "${words[1]}" = node ] || until_true 90 grep -q 'is ready: wires' "$log"
      ;;
    'wire switch ls'* | ping*) until_true 120 on "$host" "${words[@]}" ;;
    *) on "$host" "${words[@]}" >"$work/output.log" 2>&1 || { echo "failed: $line" >&2; exit 1; } ;;
  esac
  case $line in
    'wire vm follow '*) until_true 60 bash -c "$(declare -f login on); work=$work top=$top lab=$lab; on hosta wire vm show web1 -o json | jq -e '.standbys != [] and all(.standbys[]; .ready)'" ;;
    'virsh migrate '*) until_true 60 bash -c "$(declare -f login on); work=$work top=$top lab=$lab; on hosta wire vm show web1 -o json | jq -e '.host == \"hostb\" and .phase == \"done\"'" ;;
  esac
done < <(sed -n 's/^\(host[ab]# .*\)/\1/p' "$here/README.md")
