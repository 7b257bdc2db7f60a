#!/usr/bin/env bash
# A guest that is live-migrated between two clouds on one machine, each with a libvirtd of its own, while a host outside pings it
# every 10 ms and holds a TCP connection to it. What is here besides lab.sh's network:
#
#   out    a host of its own: connector, and the device 'client' (10.1.0.1), a wire to the switch
#   east   libvirtd, connector east-1, node east, where the switch begins; the guest web1 (10.1.0.10), QEMU without KVM, begins here
#   west   libvirtd, connector west-1, node west
#
# KEEP=1      leave everything up at the end and say how to look around
# STAGES='…'  which moves, in order (default: there back together virsh)
# OUT=DIR     where results and logs go (default target/demo-vm)
#
# A move may lose no ping but one that the old place's connector says it could not be sure of: at most the first that came after QEMU
# had suspended the guest, which it may have taken in vain (ARCHITECTURE.md, "A move").
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
OUT=${OUT:-$top/target/demo-vm}
STAGES=${STAGES:-there back together virsh}
lab=v$$
work=$(mktemp -d "/tmp/$lab.XXXXXX")
mkdir -p "$OUT"
rm -f "$OUT"/*.log "$OUT"/*.json
started=$SECONDS
pids=()
say() { printf '%s  %s\n' "$(printf '%3ds' $((SECONDS - started)))" "$*"; }
die() { printf '\nfailed: %s\n' "$*" >&2; exit 1; }
# shellcheck source=examples/04-live-migration/fabric.sh
. "$top/examples/04-live-migration/fabric.sh"

take_down() {
  end_all
  rm -rf "$work"
}
finish() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP # a second Ctrl-C would leave the rest behind
  if [ "${KEEP:-}" = 1 ] && [ $status = 0 ]; then
    { declare -p here lab work pids; declare -f end_all take_down; echo take_down; } >"$work/down.sh"
    cat <<TXT

Left up. Look around:
  export WIRE_HOME=$WIRE_HOME
  ip netns exec $lab-out $wire vm ls
  ip netns exec $lab-out $wire switch show lan
  ip netns exec $lab-out ping -c 5 $guest
  ip netns exec $lab-out curl -sS http://$guest/cgi-bin/id
  ip netns exec $lab-out $wire migrate web1 --to $([ "$(place)" = east-1 ] && echo west-1 || echo east-1)
  $here/lab.sh virsh $lab east list --all
Take it down:
  bash $work/down.sh
TXT
    exit 0
  fi
  case $status in
    0) ;;
    129 | 130 | 143) echo "interrupted; taking everything down" >&2 ;;
    *)
      labsh logs "$lab" "$OUT" || true
      for f in "$OUT"/*.log; do case $f in *ping.log | */tcp.log) ;; *) [ -s "$f" ] && { echo "--- $f (last lines)"; tail -n 12 "$f"; } >&2 ;; esac; done
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

place() { ns out "$wire" vm show web1 -o json | jq -r .host; }

say "two clouds and a host outside; a libvirtd in each cloud"
labsh up "$lab" >"$OUT/lab.log" 2>&1 || die "no lab: $(tail -n 5 "$OUT/lab.log")"
say "daemons: three connectors, two nodes; switch lan in the east, wired to the host outside"
daemons
say "guest web1 in the east"
machine
say "it answers; a TCP connection to it is held from now on"
before=$(identity)
hold_connection

# --- the moves ------------------------------------------------------------------------------------------------------
migrate() { ns out "$wire" migrate web1 --to "$2" -o json >"$OUT/$1.json" 2>"$OUT/$1.log"; }
# Everything of a cloud: the guest and the switch, in the order in which the least crosses between clouds meanwhile.
all() { # NAME FROM TO
  ns out "$wire" migrate --all --from "${2%-1}" --to "${3%-1}" -o json >"$OUT/$1.all.json" 2>"$OUT/$1.log" || return
  # Which node it is on may be told a moment later by another.
  await 30 "the switch in the ${3%-1}" switch_in "${3%-1}"
  ns out "$wire" vm show web1 -o json | jq .lastMove >"$OUT/$1.json"
}
switch_in() { ns out "$wire" switch show lan -o json | jq -e --arg node "$1" '.node == $node'; }
# Somebody else moves it, and the fabric notices by its RARP: nobody asks the fabric for anything.
unasked() { # NAME FROM TO
  labsh virsh "$lab" "${2%-1}" migrate --live --p2p web1 "$(labsh tcp "$lab" "${3%-1}")" >"$OUT/$1.log" 2>&1 || return
  await 60 "following web1" followed_to "$3"
  ns out "$wire" vm show web1 -o json | jq .lastMove >"$OUT/$1.json"
}
followed_to() { ns out "$wire" vm show web1 -o json | jq -e --arg to "$1" '.host == $to and .lastMove.mode == "followed" and .phase == "done"'; }
awaited() { ns out "$wire" vm show web1 -o json | jq -e '.standbys != [] and all(.standbys[]; .ready)'; }
from=east-1 to=west-1
for stage in $STAGES; do
  case $stage in
    there | back) say "wire migrate web1 --to $to"; moved $stage $from $to peer-to-peer migrate $stage $to ;;
    together) say "wire migrate --all --from ${from%-1} --to ${to%-1}: the guest and the switch"; moved $stage $from $to all all $stage $from $to ;;
    virsh)
      ask vm follow web1 --place east-1 --place west-1
      await 60 "a standby for web1" awaited
      say "virsh migrate to $to, which nobody tells the fabric"
      moved $stage $from $to 'virsh migrate, followed' unasked $stage $from $to
      ;;
    *) die "no such stage: $stage" ;;
  esac
  was=$from from=$to to=$was
done
ended "$connection"

jq -s . "${results[@]}" >"$OUT/result.json"
say "done"
echo
jq -r '.[] | "\(.from) -> \(.to) (\(.mode)): \(.pingsLost) of \(.pings) pings lost, \(.pingsDuplicated) doubled, silent for \(.networkGapMillis) ms of which QEMU \(.hypervisorDowntimeMillis) ms; active by \(.activatedBy), heard \(.activationToHeardMillis) ms later; TCP \(if .tcpSurvived then "survived" else "BROKE" end), boot id \(if .bootIdUnchanged then "unchanged" else "CHANGED" end)"' "$OUT/result.json"
echo "written to $OUT/result.json"
jq -e --argjson moves "$(wc -w <<<"$STAGES")" '
  length == $moves and all(.[]; .pings > 0 and .pingsLost <= .framesUnsure and .pingsMissing - [.pingsAnsweredBefore + 1] == [] and .pingsDuplicated == 0 and .tcpSurvived and .bootIdUnchanged)' \
  "$OUT/result.json" >/dev/null || die "something was lost, doubled or broken: see above"
