#!/usr/bin/env bash
# Three real machines become hosts without further hands: Debian under QEMU, with systemd and cloud-init, in which our package is installed. One is
# launched in the stand-in for EC2, with the user data of `wire host launch`; one is launched as a guest of a libvirt; the other is there, and is taken in
# by `wire host add`. Each has a wire to a host in a namespace, behind a translation of addresses, so that it has to dial them. The launched one is restarted, stopped and started,
# and given an Elastic IP (each time another address), and terminated. A quarter of an hour without KVM.
#
#   home-1 192.0.2.2 ── gateway ── namespace vwh-PID-me: wire, stand-in's API,  ── 198.51.100.0/24 ── security groups ── QEMU: rack-1 172.31.0.4
#   (namespace of a local cloud)   translates home-1's address   └── TAP desk0 198.18.0.1 ── QEMU: desk 198.18.0.2
#                                                        └── libvirtd ── virbr0 198.18.1.1 ── QEMU: lab-1 198.18.1.10
#
# ONLY=launch, ONLY=libvirt or ONLY=add does one of them; KEEP=FOLDER keeps logs there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
# shellcheck source=config/jdk25.sh
. config/jdk25.sh
vm=$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm
[ "$(id -u)" = 0 ] || { echo "network namespaces and QEMU's TAP need root. Run:  sudo $0" >&2; exit 1; }
classes=$top/cloud-adapters/ec2-stand-in/target/classes
[ -d "$classes" ] || { echo "the stand-in is not built. Run:  sudo make test-long" >&2; exit 1; }

work=$(mktemp -d /tmp/vwh.XXXXXX)
run=h$$
me=vwh-$$-me
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
# The key that AWS's documentation uses, which opens nothing but the stand-in.
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AWS_EC2_METADATA_DISABLED=true
export WIRE_HOME=$work/home WIRE_NO_BUILD=1 HOME=$work
pids=()
namespaces() { ip netns list | awk -v one="$run-" -v other="${run}h-" -v me="$me" 'index($1, one) == 1 || index($1, other) == 1 || $1 == me {print $1}'; }
tidy() {
  local name pid
  trap '' INT TERM HUP
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for name in $(namespaces); do
    for pid in $(ip netns pids "$name"); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns delete "$name" || true
  done
  [ -z "${KEEP:-}" ] || { mkdir -p "$KEEP"; cp "$work"/*.log "$work"/*.console "$KEEP"/ 2>/dev/null || true; }
  rm -rf --one-file-system "$work"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
fail() {
  local log name
  echo "hosts: $1" >&2
  for name in rack-1 lab-1 desk; do
    [ -e "$WIRE_HOME/hosts/$name.json" ] || continue
    timeout 60 nsenter --net="/run/netns/$me" -- "$top/bin/wire" host exec $name -- journalctl -u virtualwire-connector -n 40 --no-pager >"$work/$name.connector.log" 2>&1 || true
    timeout 60 nsenter --net="/run/netns/$me" -- "$top/bin/wire" host exec $name -- sh -c 'cat /tmp/hs_err* /tmp/systemd-private-*/tmp/hs_err*' >"$work/$name.crash.log" 2>/dev/null || true
  done
  cp "$work"/ec2/*/console "$work/instance.console" 2>/dev/null || true
  for log in "$work"/*.log "$work"/*.console; do
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
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "not within time: $what"
    sleep 1
  done
}
# Not 'ip netns exec': namespaces that are made in there would be seen in there only.
here() { nsenter --net="/run/netns/$me" -- "$@"; }
wire() { here "$top/bin/wire" "$@"; }
quietly() { wire "$@" >>"$work/wire.log" 2>&1 || fail "wire $*"; }
there() { wire host exec "$@"; }
# made NAME KVM: what a run that makes a host printed says that every step was taken, and this of KVM
made() {
  grep -q "$1 \[10/10\]" "$work/$1.log" || fail "$1 is not all that it should be"
  sed -n "s/^ *\([0-9.]* s\)  $1 \(\[[0-9]*\/10\] .*\)/        \1  \2/p" "$work/$1.log" | cut -c1-150
  grep -q "$1 .* KVM: $2" "$work/$1.log" || fail "$1 says something else of KVM"
}
# by_systemd NAME: its connector is a unit that runs, and is started with the machine; and there is no JDK
by_systemd() {
  [ "$(there "$1" -- systemctl is-active virtualwire-connector)" = active ] || fail "$1: the connector's unit does not run"
  [ "$(there "$1" -- systemctl is-enabled virtualwire-connector)" = enabled ] || fail "$1: the connector's unit is not enabled"
  ! there "$1" -- sh -c 'command -v java || ls -d /usr/lib/jvm' >/dev/null 2>&1 || fail "$1: there is a JDK"
  there "$1" -- sh -c 'command -v qemu-system-x86_64 && systemctl is-enabled libvirtd.socket' >/dev/null || fail "$1: no libvirt, or no QEMU"
}
# wired HOST NETWORK: a wire from home-1 to it carries pings
wired() {
  wire connect "$1@home-1" "home@$1" --wait 60 >"$work/connect.log" 2>&1 || fail "wire connect to $1"
  grep -q '^sealed, 14[0-9][0-9]-byte datagrams$' "$work/connect.log" || fail "the path to $1 carries something else than 1500 bytes"
  quietly host exec home-1 -- ip address add "$2.1/24" dev "$1"
  quietly host exec "$1" -- ip address add "$2.2/24" dev home
  pinged "$1" "$2" 60
  here "$top/bin/wire" host exec home-1 -- ping -i 0.05 -c 200 -q "$2.2" >"$work/ping.log" 2>&1 || fail "pings to $1"
  grep -q ' 0% packet loss' "$work/ping.log" || fail "pings to $1 are lost"
  step "$(tail -n 2 "$work/ping.log" | head -n 1), round trip $(sed -n 's/^rtt.*= [^/]*\/\([^/]*\)\/.*/\1/p' "$work/ping.log") ms, over a wire between home-1 and $1: $(tail -n 1 "$work/connect.log")"
}
ping_once() { wire host exec home-1 -- ping -c 1 -w "$3" "$2.2"; }
pinged() { await "$3" "a ping from home-1 to $1" ping_once "$1" "$2" 5; }
# followed FROM TO: the command says so of rack-1, home-1 has it from nobody else, and the wire carries again
followed() {
  wire cloud refresh >"$work/refresh.log" 2>&1 || fail "wire cloud refresh"
  grep -qxF "rack-1 was at $1 and is at $2; 1 wire goes there" "$work/refresh.log" || fail "wire cloud refresh saw something else"
  [ "$(wire cloud refresh)" = "all hosts are where they were" ] || fail "wire cloud refresh is not done"
  pinged rack-1 10.9.0 60
}

# --- what it is made of -----------------------------------------------------------------------------------------------------
# cloud-init asks EC2 for its address by ISC's DHCP client.
MORE="isc-dhcp-client libvirt-daemon-system qemu-system-x86" bash "$vm/debian.sh" build "$top/target/vm/host"
step "Debian's image (kept in target/vm/host)"
deb=$(packaging/deb.sh 2>"$work/deb.log" | tail -n 1) || fail "no package"
step "the package: $(tail -n 1 "$work/deb.log")"
ip netns add "$me"
ip -n "$me" link set lo up
ip netns exec "$me" sysctl -qw net.ipv4.ip_forward=1
# Nobody is to wait for answers from where no way leads.
ip -n "$me" route add prohibit default
ACCEL=tcg
if [ "$(wire doctor -o json 2>/dev/null | jq -r '.[] | select(.subject == "KVM") | .verdict | ascii_downcase')" = ok ]; then ACCEL=kvm; fi
export ACCEL
quietly init --tenant demo
quietly cloud add "${run}h" --type local --outside 198.51.100.253
here nft -f - <<TXT
table ip home {
  chain outgoing { type nat hook postrouting priority srcnat; ip saddr 192.0.2.0/24 oifname != "${run}h-up" masquerade; }
  chain incoming { type filter hook forward priority filter; ip daddr 192.0.2.0/24 iifname != "${run}h-up" ct state != { established, related } drop; }
}
TXT
quietly host launch --cloud "${run}h" --name home-1 --no-vms
step "a host in a namespace, behind a translation of addresses"

# --- launched in the stand-in for EC2 -----------------------------------------------------------------------------------------
# ec2 ACTION [PARAMETER=VALUE…]: somebody else's request to the account
ec2() {
  local each form=(--data-urlencode "Action=$1" --data-urlencode "Version=2016-11-15")
  shift
  for each in "$@"; do form+=(--data-urlencode "$each"); done
  here curl -fsS --max-time 20 --aws-sigv4 "aws:amz:eu-central-1:ec2" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "${form[@]}" "$(cat "$work/endpoint")/"
}
in_state() { ec2 DescribeInstances "InstanceId.1=$id" | grep -q "<name>$1</name>"; }
address() { ec2 DescribeInstances "InstanceId.1=$id" | sed -n 's/.*<ipAddress>\([0-9.]*\)<.*/\1/p'; }
launched() {
  local id before now boots
  here "$(find_jdk25)/bin/java" -XX:TieredStopAtLevel=1 -cp "$classes:$top/wire-cli/target/dist/*" io.virtualwire.cloud.ec2.standin.StandInProgram \
    --prefix "$run" --folder "$work/ec2" --endpoint-file "$work/endpoint" --left-file "$work/left" --guests "$top/target/vm/host" --accelerator "$ACCEL" \
    >"$work/ec2.log" 2>&1 &
  pids+=($!)
  await 60 "the stand-in's endpoint" test -s "$work/endpoint"
  quietly cloud add "${run}a" --type ec2 --region eu-central-1 --endpoint "$(cat "$work/endpoint")" --ssh-from 198.51.100.253/32 --price 0.1
  wire host launch --cloud "${run}a" --name rack-1 --package "$deb" --timeout 25m --keep >"$work/rack-1.log" 2>&1 || fail "no host in the stand-in for EC2"
  step "wire host launch (accelerator: $ACCEL)"
  # Its processor, also an emulated one, has virtualization, as EC2 was asked for.
  made rack-1 '.*guest'
  by_systemd rack-1
  id=$(jq -r .facts.id "$WIRE_HOME/hosts/rack-1.json")
  [ "$(there rack-1 -- cat /var/lib/cloud/data/instance-id)" = "$id" ] || fail "it is another instance"
  [ "$(there rack-1 -- cloud-id)" = aws ] || fail "cloud-init did not ask EC2's metadata service"
  [ "$(there rack-1 -- bash -c 'exec 3<>/dev/tcp/169.254.169.254/80 && printf "GET /latest/user-data HTTP/1.0\r\n\r\n" >&3 && head -n 1 <&3 | cut -d" " -f2')" = 401 ] ||
    fail "metadata are given to who shows no token"
  there rack-1 -- sh -c 'cat /var/lib/cloud/instance/user-data.txt' | grep '"libvirt-daemon-system"' >/dev/null || fail "it was booted without our user data"
  there rack-1 -- grep -q 'nftables' /var/log/cloud-init-output.log || fail "cloud-init installed nothing"
  wire cloud show "${run}a" | grep "$id" >/dev/null || fail "the cloud does not show it"
  wired rack-1 10.9.0

  # By itself, then by its owner: the system, not we, starts the connector again.
  boots=$(there rack-1 -- cat /proc/sys/kernel/random/boot_id)
  there rack-1 -- systemctl reboot >>"$work/wire.log" 2>&1 || true
  await 400 "another boot of rack-1" rebooted rack-1 "$boots"
  home_address rack-1 10.9.0
  pinged rack-1 10.9.0 200
  step "it restarts itself, and the wire carries again"

  before=$(address)
  ec2 StopInstances "InstanceId.1=$id" >>"$work/wire.log"
  await 200 "the instance stops" in_state stopped
  ec2 StartInstances "InstanceId.1=$id" >>"$work/wire.log"
  await 60 "the instance starts" in_state running
  now=$(address)
  [ "$now" != "$before" ] || fail "the instance has its old address"
  await 400 "rack-1 after it was stopped and started" there rack-1 -- true
  home_address rack-1 10.9.0
  by_systemd rack-1
  ! ping_once rack-1 10.9.0 5 >>"$work/wire.log" 2>&1 || fail "home-1 found rack-1 by itself: that is not what is tried here"
  followed "$before" "$now"
  step "it is stopped and started: $before is $now, 'wire cloud refresh' tells home-1, and the wire carries again"

  before=$now
  elastic=$(ec2 AllocateAddress Domain=vpc)
  now=$(sed -n 's/.*<publicIp>\([0-9.]*\)<.*/\1/p' <<<"$elastic")
  ec2 AssociateAddress "InstanceId=$id" "AllocationId=$(sed -n 's/.*<allocationId>\(eipalloc-[0-9a-f]*\)<.*/\1/p' <<<"$elastic")" >>"$work/wire.log"
  followed "$before" "$now"
  step "it is given an Elastic IP: $before is $now, and the wire carries again"

  quietly disconnect rack-1@home-1
  quietly endpoint rm rack-1 --host home-1
  quietly host rm rack-1 --force
  [ -z "$(ip netns pids "$run-vpc")" ] || fail "QEMU is still there"
  [ -z "$(ls "$work/ec2")" ] || fail "its disk is still there"
  ! ip -n "$run-vpc" link | grep -q ' m[0-9]' || fail "its device is still there"
  wire cloud show "${run}a" -o json | jq -e '.resources == []' >/dev/null || fail "the account is not empty"
  step "terminated: no QEMU, no disk, no device, nothing in the account"
}
rebooted() { local now; now=$(there "$1" -- cat /proc/sys/kernel/random/boot_id) && [ "$now" != "$2" ]; }
# Addresses of a TAP are not kept by anybody: whoever uses it gives it one, once the connector has made it again.
home_address() { await 200 "the connector's device on $1" there "$1" -- sh -c "ip link show home && { ip -o address show dev home | grep -q $2.2/ || ip address add $2.2/24 dev home; }"; }

# --- there already ------------------------------------------------------------------------------------------------------------
added() {
  ip -n "$me" tuntap add dev desk0 mode tap
  ip -n "$me" address add 198.18.0.1/24 dev desk0
  ip -n "$me" link set desk0 up
  mkdir "$work/seed"
  ssh-keygen -q -t ed25519 -N '' -C check-hosts -f "$work/key"
  printf '#cloud-config\nusers: [{name: somebody, sudo: "ALL=(ALL) NOPASSWD:ALL", shell: /bin/bash, ssh_authorized_keys: ["%s"]}]\n' "$(cat "$work/key.pub")" >"$work/seed/user-data"
  # A machine without virtualization.
  echo 'bootcmd: ["modprobe --remove kvm_amd kvm_intel || true"]' >>"$work/seed/user-data"
  printf 'instance-id: desk-%s\nlocal-hostname: desk\n' $$ >"$work/seed/meta-data"
  printf 'version: 2\nethernets: {eth0: {addresses: [198.18.0.2/24], routes: [{to: 0.0.0.0/0, via: 198.18.0.1}]}}\n' >"$work/seed/network-config"
  MEMORY=2048 here bash "$vm/debian.sh" run "$top/target/vm/host" "$work/seed" desk0 52:54:00:00:02:02 >"$work/qemu.log" 2>&1 &
  pids+=($!)
  await 400 "the machine tells its SSH keys on its console" grep -q 'END SSH HOST KEY KEYS' "$work/seed.console"
  quietly cloud add rack --type ssh --key "$work/key"
  ! wire host add somebody@198.18.0.2 --name desk --cloud rack --package "$deb" --keep >"$work/desk.log" 2>&1 || fail "a machine is believed that nobody knows"
  grep -q 'nobody knows whether somebody@198.18.0.2 is who it says' "$work/desk.log" || fail "it was not said why it is not believed"
  mkdir -p "$WIRE_HOME/clouds/rack"
  sed -n '/BEGIN SSH HOST KEY KEYS/,/END SSH HOST KEY KEYS/s/.*\(ssh-ed25519 [A-Za-z0-9+/=]*\).*/198.18.0.2 \1/p' "$work/seed.console" >"$WIRE_HOME/clouds/rack/known_hosts"
  step "a machine boots, and is refused until its key is known"
  wire host add somebody@198.18.0.2 --name desk --cloud rack --package "$deb" --timeout 25m --keep >"$work/desk.log" 2>&1 || fail "wire host add"
  step "wire host add somebody@198.18.0.2 (accelerator: $ACCEL)"
  made desk 'emulation only: no /dev/kvm'
  by_systemd desk
  wired desk 10.9.1
  there desk -- kill -9 "$(there desk -- systemctl show -P MainPID virtualwire-connector)"
  pinged desk 10.9.1 120
  step "its connector is killed, and the wire carries again"
  quietly disconnect desk@home-1
  quietly host rm desk --force
  step "wire host rm: its daemons are gone, the machine is left"
}

# --- launched as a guest of a libvirt -----------------------------------------------------------------------------------------
virsh_there() { virsh -q -c "$uri" "$@"; }
hosted() {
  local uri="qemu+unix:///system?socket=$work/libvirt/run/libvirt-sock"
  bash "$vm/bootable.sh" "$top/target/vm/host"
  step "Debian's image, bootable by itself"
  ip -n "$me" address add 198.18.2.1/32 dev lo
  ip netns exec "$me" bash "$top/cloud-adapters/libvirt/src/main/resources/io/virtualwire/cloud/libvirt/libvirtd.sh" "$work/libvirt" 198.18.2.1 "$top/target/vm/capabilities" \
    >"$work/libvirtd.log" 2>&1 &
  pids+=($!)
  await 60 "libvirtd" virsh_there version
  mkdir -p "$work/libvirt/lib/images"
  printf '<pool type="dir"><name>default</name><target><path>/var/lib/libvirt/images</path></target></pool>' >"$work/pool.xml"
  cat >"$work/net.xml" <<'XML'
<network><name>default</name><forward mode='open'/><bridge name='virbr0' delay='0'/>
<ip address='198.18.1.1' prefix='24'><dhcp><range start='198.18.1.10' end='198.18.1.99'/></dhcp></ip></network>
XML
  for each in pool net; do
    virsh_there $each-define "$work/$each.xml" >>"$work/wire.log" && virsh_there $each-start default >>"$work/wire.log" || fail "libvirt's $each"
  done
  quietly cloud add "${run}l" --type libvirt --uri "$uri" --image "$top/target/vm/host/bootable.qcow2" --user admin --virtualization "$([ $ACCEL = kvm ] && echo hardware || echo software)"
  wire host launch --cloud "${run}l" --name lab-1 --package "$deb" --timeout 25m --keep >"$work/lab-1.log" 2>&1 || fail "no host in libvirt"
  step "wire host launch, as a guest of libvirt (accelerator: $ACCEL)"
  made lab-1 '.*'
  by_systemd lab-1
  [ "$(there lab-1 -- cat /var/lib/cloud/data/instance-id)" = "$(jq -r .facts.id "$WIRE_HOME/hosts/lab-1.json")" ] || fail "it is another instance"
  [ "$(there lab-1 -- cloud-id)" = nocloud ] || fail "cloud-init did not read the seed"
  [ "$(there lab-1 -- sh -c 'ls /etc/ssh/ssh_host_*_key')" = /etc/ssh/ssh_host_ed25519_key ] || fail "it has other SSH keys than those of the seed"
  [ "$(there lab-1 -- hostname)" = lab-1 ] || fail "it is called otherwise"
  wire cloud show "${run}l" | grep "virtualwire.${run}l.lab-1.seed" >/dev/null || fail "the cloud does not show it"
  wired lab-1 10.9.2
  quietly disconnect lab-1@home-1
  quietly host rm lab-1 --force
  [ -z "$(virsh_there list --all --name)" ] || fail "its domain is still there"
  [ -z "$(ls "$work/libvirt/lib/images")" ] || fail "its volumes are still there"
  wire cloud show "${run}l" -o json | jq -e '.resources == []' >/dev/null || fail "the cloud is not empty"
  step "wire host rm: no domain, no volume"
}

case ${ONLY:-} in
  '') launched; hosted; added ;;
  launch) launched ;;
  libvirt) hosted ;;
  add) added ;;
  *) fail "ONLY=$ONLY" ;;
esac
quietly host rm home-1 --force
printf '%4d s  in all\n' $((SECONDS - began))
echo "hosts: all well"
