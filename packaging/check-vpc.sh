#!/usr/bin/env bash
# Two hosts in one network of a cloud whose groups let peers in by their private addresses only: nodes, connectors and hypervisors reach one
# another inside, and the person from outside. The cloud is the stand-in for EC2, whose instances are namespaces; the package is installed there.
#
#   namespace vwv-PID-me: wire, stand-in's API ── 198.51.100.0/24 ── security groups ┬ rack-1 172.31.0.4: connector, node, libvirt; web1, lap1
#                                                                                     └ rack-2 172.31.0.5: connector, node, libvirt; lap2
#
# KEEP=FOLDER keeps logs there. A minute or two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
# shellcheck source=config/jdk25.sh
. config/jdk25.sh
scripts=$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
classes=$top/cloud-adapters/ec2-stand-in/target/classes
[ -d "$classes" ] || { echo "the stand-in is not built. Run:  sudo make test-long" >&2; exit 1; }

work=$(mktemp -d /tmp/vwv.XXXXXX)
run=v$$
me=vwv-$$-me
# The guest's kernel and its files, which have to be at the same place on both.
boot=/var/tmp/virtualwire-$run
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
# The key that AWS's documentation uses, which opens nothing but the stand-in.
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AWS_EC2_METADATA_DISABLED=true
export WIRE_HOME=$work/home WIRE_NO_BUILD=1 HOME=$work
pids=()
namespaces() { ip netns list | awk -v one="$run-" -v me="$me" 'index($1, one) == 1 || $1 == me {print $1}'; }
tidy() {
  local name pid
  trap '' INT TERM HUP
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for name in $(namespaces); do
    for pid in $(ip netns pids "$name"); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns delete "$name" || true
  done
  [ -z "${KEEP:-}" ] || { mkdir -p "$KEEP"; cp "$work"/*.log "$KEEP"/ 2>/dev/null || true; }
  rm -rf --one-file-system "$work" "$boot"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
fail() {
  local name kind log
  echo "vpc: $1" >&2
  for name in rack-1 rack-2; do
    for kind in connector node; do
      wire host exec "$name" -- cat "/run/virtualwire-services/virtualwire-$kind.log" >"$work/$name.$kind.log" 2>&1 || true
    done
  done
  for log in "$work"/*.log; do
    [ -s "$log" ] || continue
    echo "--- $log" >&2
    tail -n 25 "$log" >&2
  done
  exit 1
}
began=$SECONDS last=$SECONDS
step() { printf '%4d s  %s\n' $((SECONDS - last)) "$*"; last=$SECONDS; }
await() { # SECONDS WHAT COMMAND…
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >>"$work/await.log" 2>&1; do
    [ $SECONDS -lt $end ] || fail "not within time: $what"
    sleep 0.5
  done
}
# Not 'ip netns exec': namespaces that are made in there would be seen in there only.
wire() { nsenter --net="/run/netns/$me" -- "$top/bin/wire" "$@"; }
quietly() { wire "$@" >>"$work/wire.log" 2>&1 || fail "wire $*"; }
there() { wire host exec "$@"; }
public() { jq -r .facts.address "$WIRE_HOME/hosts/$1.json"; }
inside() { jq -r .facts.inside "$WIRE_HOME/hosts/$1.json"; }
reaches() { there "$1" -- timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3"; }
virsh_at() { local host=$1; shift; there "$host" -- virsh -q -c "qemu+tls://$(inside "$host")/system?pkipath=/etc/virtualwire/libvirt" "$@"; }

# --- what it is made of -----------------------------------------------------------------------------------------------------
bash "$scripts/guest.sh" build "$top/target/vm/guest" >"$work/guest.log" 2>&1 || fail "no guest"
deb=$(packaging/deb.sh 2>"$work/deb.log" | tail -n 1) || fail "no package"
ip netns add "$me"
ip -n "$me" link set lo up
# Nobody is to wait for answers from where no way leads.
ip -n "$me" route add prohibit default
nsenter --net="/run/netns/$me" -- "$(find_jdk25)/bin/java" -XX:TieredStopAtLevel=1 -cp "$classes:$top/wire-cli/target/dist/*" \
  io.virtualwire.cloud.ec2.standin.StandInProgram --prefix "$run" --folder "$work/ec2" --endpoint-file "$work/endpoint" --left-file "$work/left" \
  >"$work/ec2.log" 2>&1 &
pids+=($!)
await 60 "the stand-in's endpoint" test -s "$work/endpoint"
quietly init --tenant demo
quietly cloud add "${run}a" --type ec2 --region eu-central-1 --endpoint "$(cat "$work/endpoint")" --ssh-from 198.51.100.253/32 --user root --price 0.1
step "a package, a guest, and the stand-in for EC2"

wire host launch --cloud "${run}a" --name rack --count 2 --with-node --package "$deb" --keep >"$work/launch.log" 2>&1 || fail "no hosts"
for name in rack-1 rack-2; do grep -q "$name \[10/10\]" "$work/launch.log" || fail "$name is not all that it should be"; done
step "wire host launch --count 2 --with-node"

# --- what is let in, and what not ---------------------------------------------------------------------------------------------
for port in 7471 7472 7481 7482 16514; do
  reaches rack-1 "$(inside rack-2)" $port || fail "rack-1 does not reach port $port of rack-2 inside"
  ! reaches rack-1 "$(public rack-2)" $port 2>/dev/null || fail "rack-1 reaches port $port of rack-2 outside: that is not what is tried here"
done
step "each reaches the other at its private address, and not at its public one"

# --- a switch and its wires ---------------------------------------------------------------------------------------------------
await 60 "a fabric" wire switch create lan --on rack-1
for n in 1 2; do
  await 60 "the fabric" wire switch plug "lan/lap$n" "lap$n@rack-$n"
  await 60 "lap$n" there "rack-$n" -- ip address replace "10.8.0.$n/24" dev "lap$n"
  quietly host exec "rack-$n" -- ip link set "lap$n" up
done
wire export >"$work/export.log"
for name in rack-1 rack-2; do
  grep -qF "inside: $(inside $name)" "$work/export.log" || fail "the fabric was not told where $name is inside"
  grep -qF "libvirt: qemu+tls://$(public $name)/system" "$work/export.log" || fail "the fabric was not told of the hypervisor of $name"
done
ping_once() { there rack-2 -- ping -c 1 -w 2 "$1"; }
await 60 "a ping through the switch" ping_once 10.8.0.1
step "a switch on rack-1 joins both"

# --- moves that a node in there drives -------------------------------------------------------------------------------------------
install -d -m 0755 "$boot"
install -m 0644 "$top"/target/vm/guest/{vmlinuz,initrd.gz} "$boot/"
for name in rack-1 rack-2; do
  for file in vmlinuz initrd.gz; do
    quietly host exec $name --input "$boot/$file" -- sh -c 'mkdir -p "${0%/*}" && chmod 755 "${0%/*}" && cat >"$0"' "$boot/$file"
  done
done
bash "$scripts/guest.sh" xml "$boot" web1 web1,52:54:00:00:00:10,10.8.0.10/24 >"$work/web1.xml"
quietly host exec rack-1 --input "$work/web1.xml" -- sh -c 'cat >/tmp/web1.xml'
virsh_at rack-1 define /tmp/web1.xml >>"$work/wire.log" 2>&1 || fail "no guest"
quietly vm attach web1 --host rack-1
virsh_at rack-1 start web1 >>"$work/wire.log" 2>&1 || fail "the guest does not start"
quietly switch plug lan/web1 web1
await 120 "the guest" ping_once 10.8.0.10
step "a guest on rack-1"
there rack-2 -- sh -c 'echo $$ >/tmp/ping.pid; exec ping -D -i 0.01 10.8.0.1' >"$work/ping.log" 2>&1 &
pinging=$!
sleep 1
wire migrate web1 --to rack-2 -o json >"$work/there.json" 2>"$work/there.log" || fail "wire migrate web1"
[ "$(virsh_at rack-2 list --name)" = web1 ] || fail "the guest is not on rack-2"
[ -z "$(virsh_at rack-1 list --all --name)" ] || fail "something of the guest was left on rack-1"
await 30 "the guest, where it is now" ping_once 10.8.0.10
step "wire migrate web1 --to rack-2: $(jq -c '{mode, cutoverMillis, totalMillis} | with_entries(select(.value))' "$work/there.json")"
wire migrate lan --to rack-2 -o json >"$work/switch.json" 2>"$work/switch.log" || fail "wire migrate lan"
await 30 "the switch on rack-2" sh -c "nsenter --net=/run/netns/$me -- $top/bin/wire switch show lan -o json | jq -e '.node == \"rack-2\"'"
await 30 "the guest, through the switch where it is now" ping_once 10.8.0.10
step "wire migrate lan --to rack-2: $(jq -c '{cutoverMillis, totalMillis}' "$work/switch.json")"
wire migrate web1 --to rack-1 >"$work/back.log" 2>&1 || fail "wire migrate web1 --to rack-1"
wire migrate lan --to rack-1 >>"$work/back.log" 2>&1 || fail "wire migrate lan --to rack-1"
[ "$(virsh_at rack-1 list --name)" = web1 ] || fail "the guest did not come back"
await 30 "the guest, where it was" there rack-1 -- ping -c 1 -w 2 10.8.0.10
step "guest and switch come back"
# The ping of the host that stays outside of all moves; ended there, or it would not tell.
there rack-2 -- sh -c 'kill -INT "$(cat /tmp/ping.pid)"' || true
wait $pinging || true
sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$work/ping.log") got=$(sed -n 's/.*, \([0-9]*\) received.*/\1/p' "$work/ping.log")
[ -n "$sent" ] && [ "$sent" -gt 500 ] && [ "$sent" = "$got" ] || fail "of $sent pings through the switch $got were answered"
step "$sent pings between the hosts meanwhile, none lost"

virsh_at rack-1 destroy web1 >>"$work/wire.log" 2>&1 || fail "the guest does not end"
for name in rack-2 rack-1; do quietly host rm $name --force; done
wire cloud show "${run}a" -o json | jq -e '.resources == []' >/dev/null || fail "the account is not empty"
printf '%4d s  in all\n' $((SECONDS - began))
echo "vpc: all well"
