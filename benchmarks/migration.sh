#!/usr/bin/env bash
# The same guest moved live, again and again, over wires and over kernel VXLAN and bridges, in one run; as examples/04-live-migration
# does it, with a host outside that pings it every 10 ms.
#
#   near   cloud east ── bridge ── cloud west, and the host outside on the same bridge
#   wan    the same, and between the bridge and cloud west a line of 20 ms one way, 100 Mb/s, 0.1 % loss (io.virtualwire.testkit.wan)
#
# migration.sh [RESULT.json]; the environment says how: ROUNDS (moves each way, 5), WAN_ROUNDS (3), WAYS ('near wan'), SYSTEMS
# ('vxlan wire'), SEED. ROUNDS=1 is enough to see it work. The result goes to target/bench/migration.json unless another file is given;
# what is worth keeping is copied to benchmarks/results by hand, and its tables into docs/performance.md. What was read is there after a
# run that failed, too: migration.sh --again [RESULT.json] makes result and tables of it. Of each move: the gap that the pings saw, the pause that QEMU reports, the difference; pings lost and doubled;
# and the gap cut into steps, from the last answer of the guest at its old place to the first at its new one:
#
#   toStopMillis           until QEMU stopped the guest: its own event
#   stoppedMillis          until QEMU resumed it at the target: its own event
#   resumeToRarpMillis     until its RARP left its TAP: as the kernel saw it
#   rarpToActiveMillis     until the connector had read it, and made its side active
#   activeToSaidMillis     until HELLO was given to the kernel
#   saidToFlipMillis       until the far end sent to the new place
#   flipToOldMillis        until the old place knew
#   oldToFrameMillis       until the guest was given its first frame, one that the old place had kept
#   frameToAnswerMillis    until the guest's answer left its TAP
#   answerToOutsideMillis  until it was seen outside
#
# Daemons tell by the machine's monotonic clock, which all of them share, QEMU and captures by its other one: their difference is
# read before each move. What is the network's is networkOwnMillis: from the RARP to the first frame, and the answer's way out; if the
# guest answers before (what it had been given when it was suspended), only the latter.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROUNDS=${ROUNDS:-5}
WAN_ROUNDS=${WAN_ROUNDS:-$((ROUNDS < 3 ? ROUNDS : 3))}
WAYS=${WAYS:-near wan}
SYSTEMS=${SYSTEMS:-vxlan wire}
SEED=${SEED:-1}
WAN_DELAY=20 WAN_MBIT=100 WAN_LOSS=0.1
again=
[ "${1:-}" != --again ] || { again=1; shift; }
result=${1:-$top/target/bench/migration.json}
OUT=${OUT:-$top/target/bench/migration}
lab=m$$
work=$(mktemp -d "/tmp/$lab.XXXXXX")
mkdir -p "$OUT" "$(dirname "$result")"
[ -n "$again" ] || rm -f "$OUT"/*.log "$OUT"/*.json
pids=()
say() { printf '%4ds  %s\n' "$SECONDS" "$*" >&2; }
die() { printf '\nfailed: %s\n' "$*" >&2; exit 1; }
# shellcheck source=examples/04-live-migration/fabric.sh
. "$top/examples/04-live-migration/fabric.sh"
export MTU=1450 # fits VXLAN's overhead

clean() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  [ $status = 0 ] || tail -n 12 "$OUT"/*.log >&2 || true
  end_all
  rm -rf "$work"
  exit $status
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the long line -------------------------------------------------------------------------------------------------
relay=
long_line() {
  ip -n "$lab-west" link delete wan
  [ -e "$top/wire-testkit/target/classes/io/virtualwire/testkit/wan/WanRelay.class" ] || die "wire-testkit is not built. Run:  make bench-migration"
  relay_classes=$top/wire-testkit/target/classes:$(printf '%s:' "$top"/wire-cli/target/dist/lib/*.jar)
  . "$top/config/jdk25.sh"
  "$(find_jdk25)/bin/java" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$relay_classes" io.virtualwire.testkit.wan.WanRelay "$lab-wan" west "$lab-west" wan $WAN_DELAY $WAN_MBIT $WAN_LOSS "$SEED" >"$OUT/relay.log" 2>&1 &
  relay=$!; pids+=("$relay")
  await 30 "the relay" grep -q '^relaying' "$OUT/relay.log"
  ip -n "$lab-wan" link set west gso_max_segs 1 master wan up
  ip -n "$lab-west" link set wan gso_max_segs 1
  ip -n "$lab-west" address add "${at[west]}/24" dev wan
  ip -n "$lab-west" link set wan up
  await 20 "a way to the west" ns out ping -c 1 -W 1 "${at[west]}"
}

# --- kernel VXLAN and bridges ---------------------------------------------------------------------------------------
vxlan_up() {
  local host other
  for host in east west out; do
    ip -n "$lab-$host" link add br0 type bridge forward_delay 0
    ip -n "$lab-$host" link set br0 up
    ip -n "$lab-$host" link add vx0 type vxlan id 99 local "${at[$host]}" dstport 4789 dev wan
    ip -n "$lab-$host" link set vx0 master br0 up
    for other in east west out; do
      [ $other = $host ] || bridge -n "$lab-$host" fdb append 00:00:00:00:00:00 dev vx0 dst "${at[$other]}"
    done
    ns $host sh -c 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 >$f; done'
  done
  for host in east west; do
    ip -n "$lab-$host" tuntap add web1 mode tap vnet_hdr
    ip -n "$lab-$host" link set web1 master br0 up
  done
  ip -n "$lab-out" address add $client/24 dev br0
  bash "$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm/guest.sh" xml "$top/target/vm/guest" web1 "web1,$mac,$guest/24" >"$work/web1.xml"
  labsh virsh "$lab" east create "$work/web1.xml" >>"$OUT/virsh.log"
  await 120 "the guest" ns out ping -c 1 -W 1 $guest
}
vxlan_down() {
  local host
  for host in east west; do labsh virsh "$lab" $host destroy web1 >>"$OUT/virsh.log" 2>&1 || true; done
  for host in east west; do ip -n "$lab-$host" link delete web1; done
  for host in east west out; do ip -n "$lab-$host" link delete vx0; ip -n "$lab-$host" link delete br0; done
}
vxlan_move() { # NAME FROM TO
  labsh virsh "$lab" "$2" migrate --live --p2p web1 "$(labsh tcp "$lab" "$3")" >"$OUT/$1.log" 2>&1
}
vxlan_told() { # NAME TO
  labsh virsh "$lab" "$2" domjobinfo web1 --completed --anystats |
    awk '/^Total downtime:/ {p = $3} END {printf "{\"hypervisorDowntimeMillis\":%d}\n", p}' >"$OUT/$1.json"
}

# --- wires ------------------------------------------------------------------------------------------------------------
wire_up() { daemons; machine; }
wire_down() { :; }
wire_move() { ns out "$wire" migrate web1 --to "$3-1" -o json >"$OUT/$1.json" 2>"$OUT/$1.log"; }
wire_told() { :; }

# --- readings ---------------------------------------------------------------------------------------------------------
# Into a file, which the kernel fills by the second with times of its own: whoever wrote lines would take the guest's processor.
capture() { # HOST NAME; $last is its pid
  start "$1" "$2.tcpdump.log" tcpdump -i any -n -w "$work/$2.pcap" 'ether proto 0x8035 or icmp[icmptype] == icmp-echoreply or icmp[icmptype] == icmp-echo'
  await 20 "a capture" grep -q 'listening on' "$OUT/$2.tcpdump.log"
}
# A capture whose last frame was cut off is read up to there.
captured() { tcpdump -r "$work/$1.pcap" -n -tt >"$OUT/$1.log" 2>/dev/null || true; rm -f "$work/$1.pcap"; }
# When the guest answered first after that, as it left its TAP, and as it came to the host outside: a time or null each.
answered() { # NAME RARP-TIME
  local f
  for f in there far; do
    awk -v since="$2" '$1 + 0 > since + 0 && /echo reply/ && ($3 == "P" || $3 == "In" || $3 == "M") {t = $1; exit} END {print t ? t : "null"}' "$OUT/$1.$f.log"
  done
}
# What QEMU tells of itself when its guest stops and goes on: 'event STOP at SECONDS for domain web1 …'; $last is its pid.
qemu_events() { # HOST FILE
  stdbuf -oL virsh -q -c "$(labsh uri "$lab" "$1")" qemu-monitor-event --event '^(STOP|RESUME)$' --regex --loop >"$OUT/$2" 2>&1 &
  last=$!; pids+=("$last")
}
qemu_event() { awk -v event="$2" '$1 == "event" && $2 == event {print $4; exit}' "$OUT/$1"; } # FILE EVENT
# The difference between the two clocks, and the monotonic one.
clocks() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC,CLOCK_REALTIME -e '$m = clock_gettime(CLOCK_MONOTONIC); printf "%.6f %.6f\n", clock_gettime(CLOCK_REALTIME) - $m, $m'; }
# When a side first did that after then, as a daemon logged it: logged EVENT SINCE LOG…
logged() {
  local event=$1 since=$2; shift 2
  [ -e "$OUT/$1" ] || return 0 # none runs where the kernel does it
  awk -v event=" $event[" -v since="$since" 'index($0, event) && $NF + 0 > since + 0 {print $NF}' "${@/#/$OUT/}" | sort -n | sed -n 1p
}
# When the guest was given a request first after that, where the kernel does that and sees it.
requested() { awk -v since="$2" '$1 + 0 > since + 0 && /echo request/ && $3 == "Out" {print $1; exit}' "$OUT/$1"; }
first() { awk '/Reverse/ {print $1; exit}' "$OUT/$1"; }
readings=$OUT/readings.jsonl
read_move() { # LINE SYSTEM ROUND FROM TO
  local name=$1-$2-$3-$4 seen=() there far answers apart since given
  capture "$5" "$name.there"; seen+=("$last")
  capture out "$name.far"; seen+=("$last")
  qemu_events "$4" "$name.source"; seen+=("$last")
  qemu_events "$5" "$name.target"; seen+=("$last")
  read -r apart since < <(clocks)
  watched "$name" "$2_move" "$name" "$4" "$5" || die "$name: $(tail -n 3 "$OUT/$name.log")"
  ended "${seen[@]}"
  captured "$name.there"; captured "$name.far"
  "$2_told" "$name" "$5"
  there=$(first "$name.there.log") far=$(first "$name.far.log")
  answers=$(answered "$name" "${there:-0}" | jq -cs .)
  if [ "$2" = wire ]; then given=$(logged FirstFrame "$since" "connector-$5-1.log"); else given=$(requested "$name.there.log" "${there:-0}"); fi
  jq -cn --arg line "$1" --arg system "$2" --argjson round "$3" --arg from "$4" --arg to "$5" \
    --argjson there "${there:-null}" --argjson far "${far:-null}" --argjson answers "${answers:-[]}" \
    --argjson apart "$apart" --arg given "$given" --arg stop "$(qemu_event "$name.source" STOP)" --arg resume "$(qemu_event "$name.target" RESUME)" \
    --arg active "$(logged Activated "$since" "connector-$5-1.log")" --arg said "$(logged Said "$since" "connector-$5-1.log")" \
    --arg flipped "$(logged Flipped "$since" node-east.log node-west.log)" --arg old "$(logged Superseded "$since" "connector-$4-1.log")" \
    --slurpfile pings "$OUT/$name.pings.json" --slurpfile move "$OUT/$name.json" '
    def second($apart): if . == "" or . == null then null else tonumber - $apart end;
    def between($from; $to): if $from and $to then (($to - $from) * 100000 | round) / 100 else null end;
    $pings[0] as $p | $move[0] as $m |
    ($p.gapBegins | second($apart)) as $last | ($stop | second($apart)) as $stopped | ($resume | second($apart)) as $resumed |
    ($there | second($apart)) as $rarp | ($active | second(0)) as $active | ($said | second(0)) as $said |
    ($flipped | second(0)) as $flipped | ($old | second(0)) as $old |
    ($given | if $system == "wire" then second(0) else second($apart) end) as $given |
    ($answers[0] | second($apart)) as $answer | ($answers[1] | second($apart)) as $outside |
    {line: $line, system: $system, round: $round, from: $from, to: $to,
     gapMillis: $p.gapMillis, pauseMillis: $m.hypervisorDowntimeMillis,
     networkMillis: (if $m.hypervisorDowntimeMillis == null then null else ($p.gapMillis - $m.hypervisorDowntimeMillis) * 10 | round / 10 end),
     rarpToFarEndMillis: (if $there and $far then (($far - $there) * 100000 | round) / 100 else null end),
     rarpToAnswerMillis: between($rarp; $answer),
     toStopMillis: between($last; $stopped), stoppedMillis: between($stopped; $resumed), resumeToRarpMillis: between($resumed; $rarp),
     rarpToActiveMillis: between($rarp; $active), activeToSaidMillis: between($active; $said), saidToFlipMillis: between($said; $flipped),
     flipToOldMillis: between($flipped; $old), oldToFrameMillis: between($old; $given),
     rarpToFlipMillis: between($rarp; $flipped), rarpToFrameMillis: between($rarp; $given),
     frameToAnswerMillis: between($given; $answer), answerToOutsideMillis: between($answer; $outside),
     networkOwnMillis: (if $rarp and $given and $answer and $outside then
       (((if $answer < $given then 0 else $given - $rarp end) + $outside - $answer) * 100000 | round) / 100 else null end),
     activatedBy: $m.activatedBy, heardMillis: $m.activationToHeardMillis, firstFrameMillis: $m.activationToFirstFrameMillis,
     pings: $p.sent, lost: $p.lost, duplicated: $p.duplicated, totalMillis: $m.totalMillis}' | tee -a "$readings" >&2
}

# Makes the result and its tables of what was read so far.
summarise() {
  jq -n --slurpfile readings "$readings" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" \
    --arg processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --arg jdk "$("$wire" --version | tr '\n' ' ')" \
    --arg qemu "$(qemu-system-x86_64 --version | head -n 1)" --arg libvirt "$(libvirtd --version)" \
    --arg commit "$(git -C "$top" rev-parse --short HEAD 2>/dev/null || echo unknown)" --arg date "$(date -u +%FT%TZ)" \
    --argjson rounds "$ROUNDS" --argjson delay $WAN_DELAY --argjson mbit $WAN_MBIT --argjson loss $WAN_LOSS --argjson seed "$SEED" \
    -f "$top/benchmarks/migration.jq" >"$result"
  jq -r -f "$top/benchmarks/migration-table.jq" "$result"
  echo "written to $result; to keep it:  cp $result $top/benchmarks/results/$(jq -r '.date[:10] + "_" + .commit' "$result")_migration.json"
}
if [ -n "$again" ]; then summarise; exit; fi
: >"$readings"
# What comes last must not fail after a quarter of an hour.
summarise >/dev/null

for line in $WAYS; do
  say "$line: two clouds"
  labsh up "$lab" >"$OUT/lab.log" 2>&1 || die "no lab: $(tail -n 5 "$OUT/lab.log")"
  rounds=$ROUNDS
  [ "$line" = near ] || { long_line; rounds=$WAN_ROUNDS; }
  for system in $SYSTEMS; do
    say "$line: $system"
    "${system}_up"
    for round in $(seq "$rounds"); do
      read_move "$line" "$system" "$round" east west
      read_move "$line" "$system" "$round" west east
    done
    "${system}_down"
  done
  end_all
  rm -rf "$work"/*
done

summarise
