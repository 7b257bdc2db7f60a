#!/usr/bin/env bash
# A host in EC2: launched, wired to this machine, given a switch and a guest, emptied, terminated; and whatever happens meanwhile, nothing
# of it is left.
#
#   real.sh --region REGION [OPTION…]              says what it will make and what that costs, asks, and does it
#   real.sh --region REGION [OPTION…] --tear-down  removes whatever carries the tag virtualwire:cloud=NAME, and asks EC2 whether it is gone
#
#   --name NAME       of the cloud in all that is made, and the value of that tag (ec2-demo); 12 of a-z, 0-9 and - at most
#   --home NAME       of the cloud of namespaces on this machine (ec2-home)
#   --here ADDRESS    where EC2 sees this machine (asked of checkip.amazonaws.com); from there hosts are logged in to
#   --price DOLLARS   what you pay for an hour of the instance, if that is not what AWS's list says
#   --type TYPE, --image AMI, --user NAME, --subnet ID, --profile NAME
#                     as 'wire cloud add' takes them (m8i.large, the newest Debian 12, admin, the default VPC's, AWS's default)
#   --reachable       hosts in EC2 reach 192.0.2.0/24 on this machine by a way of yours, so nothing is translated. Then a node and a guest run
#                     at home and a node there; guest and switch move there and back, while a host at home pings the guest through the switch
#   --yes             do not ask
#
# Credentials are found as AWS's tools find them. With AWS_ENDPOINT_URL_EC2 in the environment that is asked instead of EC2: run.sh does
# this with the stand-in. OUT=DIR has results, logs and the wire home (target/ec2-NAME). Needs root: hosts at home are namespaces.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
wire=$top/bin/wire
usage() { sed -n '2,21s/^# \{0,1\}//p' "$here/real.sh" >&2; exit 2; }

name=ec2-demo home=ec2-home region='' address='' price='' yes='' only='' reachable='' more=()
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=1; shift; continue ;;
    --tear-down) only=1; shift; continue ;;
    --reachable) reachable=1; shift; continue ;;
    --help) usage ;;
  esac
  [ $# -ge 2 ] || usage
  case $1 in
    --region) region=$2 ;;
    --name) name=$2 ;;
    --home) home=$2 ;;
    --here) address=$2 ;;
    --price) price=$2 more+=(--price "$2") ;;
    --type) more+=(--instance-type "$2") ;;
    --image | --user | --subnet | --profile) more+=("$1" "$2") ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$region" ] || usage
for one in "$name" "$home"; do [[ $one =~ ^[a-z][a-z0-9-]{0,11}$ ]] || { echo "'$one' cannot be a cloud's name" >&2; exit 2; }; done
[ "$name" != "$home" ] || { echo "the two clouds need two names" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo --preserve-env=AWS_PROFILE $0 …" >&2; exit 1; }
for tool in jq nft curl ip ping ${reachable:+libvirtd virsh qemu-system-x86_64 busybox cpio}; do command -v $tool >/dev/null || { echo "there is no $tool here. Run:  sudo config/prerequisites.sh demo-ec2" >&2; exit 1; }; done
# The way out goes by these, from within whatever function it is taken in.
readonly name home region
OUT=${OUT:-$top/target/ec2-$name}
export WIRE_HOME=$OUT/home WIRE_NO_BUILD=1
mkdir -p "$OUT"
endpoint=${AWS_ENDPOINT_URL_EC2:-}
[ -z "$endpoint" ] || more+=(--endpoint "$endpoint")
# EC2 is not of one mind at once: what was asked for a moment ago may be there a moment later.
pause=$([ -n "$endpoint" ] && echo 1 || echo 15)
# The guest's kernel and its files, which have to be at the same place there.
boot=/var/tmp/virtualwire-$name
started=$SECONDS
say() { printf '%s  %s\n' "$(printf '%4ds' $((SECONDS - started)))" "$*"; }
die() { printf '\nfailed: %s\n' "$*" >&2; exit 1; }

# A shell hears a signal when what it waits for has ended, unless it waits with 'wait'.
running='' beside=()
wired() { "$wire" "$@" & running=$!; local status=0; wait "$running" || status=$?; running=; return $status; }
quietly() { wired "$@" >>"$OUT/wire.log" 2>&1 || { tail -n 5 "$OUT/wire.log" >&2; die "wire $1 $2"; }; }

# --- the way out --------------------------------------------------------------------------------------------------------------
# gone CLOUD: everything of it is removed, and it was asked twice, with a pause, whether that is so
gone() {
  local times=0 attempt
  for attempt in 1 2 3 4 5 6; do
    if "$wire" cloud empty "$1" -o json >"$OUT/emptied-$1.json" 2>>"$OUT/wire.log"; then
      times=$((times + 1))
      [ $times -lt 2 ] || return 0
    else
      times=0
      [ $attempt = 6 ] || echo "      something of $1 is left still; trying again" >&2
    fi
    sleep "$pause"
  done
  return 1
}
torn=
tear_down() {
  local status=0
  if "$wire" cloud show "$name" -o json >"$OUT/before.json" 2>>"$OUT/wire.log" && jq -e '.resources == []' "$OUT/before.json" >/dev/null; then
    : # nothing to tell of
  else
    echo "removing what carries the tag virtualwire:cloud=$name in $region" >&2
  fi
  if ! gone "$name"; then
    status=1
    cat >&2 <<TXT

NOT EVERYTHING IS GONE, AND IT MAY COST MONEY: $(jq -r '[.left[]? | "\(.kind) \(.id)"] | join(", ")' "$OUT/emptied-$name.json" 2>/dev/null || true)
$(tail -n 4 "$OUT/wire.log")
Try again:  $0 --region $region --name $name --tear-down
or remove in EC2's console, region $region, what has the tag virtualwire:cloud=$name.
TXT
  fi
  if "$wire" cloud show "$home" >/dev/null 2>&1 && ! gone "$home"; then
    status=1
    echo "namespaces $home-… on this machine are not all removed: $(tail -n 2 "$OUT/wire.log")" >&2
  fi
  nft delete table ip "virtualwire-$home" 2>/dev/null || true
  rm -rf "$boot"
  torn=1
  return $status
}
finish() {
  local status=$? pid
  trap - EXIT
  trap '' INT TERM HUP # a second Ctrl-C would leave the rest behind
  for pid in "${beside[@]}"; do kill "$pid" 2>/dev/null || true; done
  if [ -n "$running" ]; then kill "$running" 2>/dev/null || true; wait "$running" 2>/dev/null || true; fi
  case $status in 129 | 130 | 143) echo "interrupted; taking everything down" >&2 ;; esac
  if [ -z "$torn" ]; then tear_down || status=1; fi
  exit $status
}
added() {
  "$wire" cloud show "$home" >/dev/null 2>&1 || "$wire" cloud add "$home" --type local >>"$OUT/wire.log" 2>&1
  [ -s "$WIRE_HOME/clouds.json" ] && jq -e --arg name "$name" 'has($name)' "$WIRE_HOME/clouds.json" >/dev/null && return
  local from=()
  [ -z "$address" ] || from=(--ssh-from "$address/32")
  "$wire" cloud add "$name" --type ec2 --region "$region" "${from[@]}" "${more[@]}" >>"$OUT/wire.log" 2>&1 ||
    { tail -n 4 "$OUT/wire.log" >&2; die "EC2 cannot be asked"; }
}
if [ -n "$only" ]; then
  added
  tear_down || exit 1
  echo "nothing in $region carries the tag virtualwire:cloud=$name: asked twice"
  exit 0
fi

# --- what it will make ----------------------------------------------------------------------------------------------------------
if [ -z "$address" ]; then
  address=$(curl -fsS --max-time 10 https://checkip.amazonaws.com) || die "cannot learn where EC2 sees this machine; say it with --here ADDRESS"
fi
[[ $address =~ ^[0-9.]+$ ]] || die "'$address' is no IPv4 address"
cat <<TXT
In $region, with the tag virtualwire:cloud=$name, for some minutes:
  one instance $(printf '%s\n' "${more[@]}" | grep -A1 -x -- --instance-type | tail -n 1 | grep . || echo m8i.large), with nested virtualization and a volume of 16 GiB
  one public IPv4 address, one security group (SSH and wire's own ports from $address only), one key pair
TXT
added
another=$("$wire" cloud show "$name" -o json 2>>"$OUT/wire.log" | jq -r '.dollarsPerHourOfAnother // empty') || die "EC2 cannot be asked: $(tail -n 3 "$OUT/wire.log")"
if [ -n "$another" ]; then
  echo "An hour of it costs about $another USD${price:+, with $price for the instance as you say}; traffic is not counted."
else
  echo "What an hour of it costs AWS's list of prices does not tell (https://aws.amazon.com/ec2/pricing/on-demand/)."
fi
cat <<TXT
On this machine until the end: namespaces $home-…$([ -n "$reachable" ] || echo ", whose addresses 192.0.2.0/24 are translated to its own"); and IP forwarding, which stays on.
TXT
if [ -z "$yes" ]; then
  read -r -p "Go on? Type yes: " answer
  [ "$answer" = yes ] || { echo "nothing was made"; exit 1; }
fi
rm -rf "$OUT"/*.log "$OUT"/*.json "$OUT"/*.xml
# Whatever an earlier run left comes first, while the keys to it may be there still.
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
tear_down || exit 1
torn=
rm -rf "${OUT:?}/home"
ls "$top"/target/deb/virtualwire_*.deb >/dev/null 2>&1 || die "there is no package to install there. Run:  make deb"

# --- home -----------------------------------------------------------------------------------------------------------------------
"$wire" init --tenant demo >>"$OUT/wire.log" 2>&1
sysctl -qw net.ipv4.ip_forward=1
node=()
if [ -n "$reachable" ]; then
  node=(--with-node)
  quietly cloud add "$home" --type local
  say "two hosts at home; on the first a node with a switch, and a guest"
else
  quietly cloud add "$home" --type local --outside "$address"
  nft -f - <<TXT
table ip virtualwire-$home
delete table ip virtualwire-$home
table ip virtualwire-$home {
  chain outgoing { type nat hook postrouting priority srcnat; ip saddr 192.0.2.0/24 oifname != "$home-up" masquerade; }
  chain incoming { type filter hook forward priority filter; ip daddr 192.0.2.0/24 iifname != "$home-up" ct state != { established, related } drop; }
}
TXT
  say "a host at home, behind this machine's address translation"
fi
added
if [ -n "$reachable" ]; then quietly host launch --cloud "$home" --name "$home-1" --with-node; else quietly host launch --cloud "$home" --no-vms --name "$home-1"; fi
patiently() { # SECONDS COMMAND…: of a fabric that comes together
  local limit=$((SECONDS + $1)); shift
  until wired "$@" >>"$OUT/wire.log" 2>&1; do [ $SECONDS -lt $limit ] || die "wire $* did not succeed in time: $(tail -n 2 "$OUT/wire.log")"; sleep 0.5; done
}
if [ -n "$reachable" ]; then
  patiently 60 switch create lan --on "$home-1"
  quietly host launch --cloud "$home" --no-vms --name "$home-2"
  for n in 1 2; do
    patiently 30 switch plug "lan/lap$n" "lap$n@$home-$n"
    quietly host exec "$home-$n" -- ip address add "10.8.0.$n/24" dev "lap$n"
    quietly host exec "$home-$n" -- ip link set "lap$n" up
  done
  quietly host exec "$home-1" -- ping -c 1 -w 30 10.8.0.2

  # The host outside of it all is the second one.
  # shellcheck disable=SC2034 # read by watch.sh
  guest=10.8.0.10
  ns() { shift; nsenter --net="/run/netns/$home-$home-2" -- "$@"; }
  start() { local log=$2; shift 2; nsenter --net="/run/netns/$home-$home-2" -- "$@" >"$OUT/$log" 2>&1 & last=$!; beside+=("$last"); }
  connector_log() {
    "$wire" host exec "$1" -- sh -c 'cat "$0" 2>/dev/null || cat /run/virtualwire-services/virtualwire-connector.log 2>/dev/null || journalctl -q -o cat -u virtualwire-connector' \
      "$(find "$WIRE_HOME" -path "*/$1/run/virtualwire-connector.log")"
  }
  # shellcheck source=examples/04-live-migration/watch.sh
  . "$top/examples/04-live-migration/watch.sh"
  # How a host's own libvirt is asked there.
  virsh_at() {
    local host=$1 pki=/etc/virtualwire/libvirt; shift
    [ "$host" != "$home-1" ] || pki=$(find "$WIRE_HOME" -path "*/$host/etc/libvirt" -type d)
    "$wire" host exec "$host" -- virsh -q -c "qemu+tls://$(jq -r '.facts.libvirt.addresses | last' "$WIRE_HOME/hosts/$host.json")/system?pkipath=$pki" "$@"
  }
  scripts=$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm
  bash "$scripts/guest.sh" build "$top/target/vm/guest" >>"$OUT/guest.log" 2>&1 || die "no guest: $(tail -n 2 "$OUT/guest.log")"
  install -d -m 0755 "$boot"
  install -m 0644 "$top"/target/vm/guest/{vmlinuz,initrd.gz} "$boot/"
  bash "$scripts/guest.sh" xml "$boot" web1 web1,52:54:00:00:00:10,$guest/24 >"$OUT/web1.xml"
  say "guest web1 at home"
  virsh_at "$home-1" define "$OUT/web1.xml" >>"$OUT/wire.log" 2>&1 || die "no guest: $(tail -n 2 "$OUT/wire.log")"
  quietly vm attach web1 --host "$home-1"
  virsh_at "$home-1" start web1 >>"$OUT/wire.log" 2>&1 || die "the guest does not start: $(tail -n 2 "$OUT/wire.log")"
  quietly switch plug lan/web1 web1
  await 120 "the guest" ns out ping -c 1 -W 1 $guest
  # shellcheck disable=SC2034 # read by watch.sh
  before=$(identity)
  hold_connection
fi

# --- there ----------------------------------------------------------------------------------------------------------------------
say "wire host launch --cloud $name"
began=$SECONDS
wired host launch --cloud "$name" --name "$name-1" "${node[@]}" 2> >(tee "$OUT/launch.log" >&2) || die "no host in EC2: $(tail -n 2 "$OUT/launch.log")"
launched=$((SECONDS - began))
for _ in $(seq 50); do grep -q '\[10/10\]' "$OUT/launch.log" && break; sleep 0.1; done
# Each line has the time since the beginning.
awk -v host="$name-1" '
  BEGIN { printf "[" }
  $3 == host && match($0, /\[[0-9]+\/[0-9]+\] [^:]*:/) {
    what = substr($0, RSTART, RLENGTH - 1); sub(/^\[[^ ]* /, "", what)
    printf "%s{\"step\":\"%s\",\"seconds\":%.1f}", (n++ ? "," : ""), what, $1 - before; before = $1
  }
  END { print "]" }' "$OUT/launch.log" >"$OUT/steps.json"
wired cloud show "$name"
wired cloud show "$name" -o json >"$OUT/cloud.json"

say "a wire from a device at home to one there"
quietly connect "desk@$home-1" "there@$name-1"
quietly host exec "$home-1" -- ip address add 10.9.0.1/24 dev desk
quietly host exec "$name-1" -- ip address add 10.9.0.2/24 dev there
quietly host exec "$home-1" -- ping -c 1 -w 30 10.9.0.2
wired host exec "$home-1" -- ping -i 0.01 -c 1000 -q 10.9.0.2 >"$OUT/ping.log" 2>&1 || { cat "$OUT/ping.log" >&2; die "pings through the wire"; }
tail -n 2 "$OUT/ping.log"
awk '/packets transmitted/ { printf "{\"sent\":%d,\"lost\":%d}\n", $1, $1 - $4 }' "$OUT/ping.log" >"$OUT/pings.json"

quietly disconnect "desk@$home-1"
quietly endpoint rm desk --host "$home-1"
quietly endpoint rm there --host "$name-1"

# --- a guest and its switch, there and back ---------------------------------------------------------------------------------------
on() { "$wire" switch show lan -o json 2>>"$OUT/wire.log" | jq -e --arg node "$1" '.node == $node' >/dev/null; }
await_on() { local limit=$((SECONDS + 30)); until on "$1"; do [ $SECONDS -lt $limit ] || die "the switch is not on $1"; sleep 0.2; done; }
migrate() { wired migrate web1 --to "$name-1" -o json >"$OUT/$1.json" 2>"$OUT/$1.log"; }
drain() {
  wired host drain "$name-1" >"$OUT/$1.log" 2>&1 || return
  "$wire" vm show web1 -o json 2>>"$OUT/wire.log" | jq .lastMove >"$OUT/$1.json"
}
echo null >"$OUT/switch.json"
echo '[]' >"$OUT/vms.json"
if [ -n "$reachable" ]; then
  for file in vmlinuz initrd.gz; do
    quietly host exec "$name-1" --input "$boot/$file" -- sh -c 'mkdir -p "${0%/*}" && chmod 755 "${0%/*}" && cat >"$0"' "$boot/$file"
  done
  start out switch.ping.log ping -D -i 0.01 10.8.0.1
  pinging=$last
  sleep 1
  say "wire migrate web1 --to $name-1"
  moved there "$home-1" "$name-1" tunnelled migrate there
  say "wire migrate lan --to $name-1"
  wired migrate lan --to "$name-1" -o json >"$OUT/switch.there.json" 2>>"$OUT/wire.log" || die "wire migrate: $(tail -n 3 "$OUT/wire.log")"
  await_on "$name-1"
  sleep 1
  say "wire host drain $name-1: guest and switch come home"
  moved back "$name-1" "$home-1" 'host drain' drain back
  await_on "$home-1"
  sleep 1
  kill -QUIT $pinging
  sleep 1
  kill -INT $pinging; wait $pinging || true
  ended "$connection"
  [ -z "$(virsh_at "$name-1" list --all --name)" ] || die "a machine was left on $name-1"
  pings_of "$OUT/switch.ping.log" >"$OUT/switch.pings.json"
  jq -s '{there: (.[1] | {from, to, cutoverMillis, totalMillis}), backBy: "host drain",
          pings: (.[0] | {sent, lost, duplicated, maxGapMillis: .gapMillis})}' "$OUT/switch.pings.json" "$OUT/switch.there.json" >"$OUT/switch.json"
  jq -s . "${results[@]}" >"$OUT/vms.json"
fi

# --- and back -------------------------------------------------------------------------------------------------------------------
say "wire host drain $name-1, wire host rm $name-1"
quietly host drain "$name-1"
began=$SECONDS
quietly host rm "$name-1"
removed=$((SECONDS - began))
if [ -n "$reachable" ]; then
  for port in lap1 lap2 web1; do quietly switch unplug "lan/$port"; done
  quietly vm detach web1
  for what in destroy undefine; do virsh_at "$home-1" $what web1 >>"$OUT/wire.log" 2>&1 || die "the guest does not end: $(tail -n 2 "$OUT/wire.log")"; done
  quietly host rm "$home-2" --force
  quietly host rm "$home-1" --force
else
  quietly host rm "$home-1"
fi
wired cloud show "$name" -o json >"$OUT/after.json"
say "asking twice whether anything is left"
tear_down || die "something was left"
jq -n --arg region "$region" --argjson another "${another:-null}" --argjson total "$launched" --argjson removed "$removed" --slurpfile steps "$OUT/steps.json" \
  --slurpfile cloud "$OUT/cloud.json" --slurpfile pings "$OUT/pings.json" --slurpfile after "$OUT/after.json" \
  --slurpfile emptied "$OUT/emptied-$name.json" --slurpfile switch "$OUT/switch.json" --slurpfile vms "$OUT/vms.json" '
  {region: $region, launch: {seconds: $total, steps: $steps[0], type: $cloud[0].hosts[0].type},
   estimate: {before: $another, dollarsPerHour: $cloud[0].dollarsPerHour, resources: ($cloud[0].resources | length)},
   pings: $pings[0], switch: $switch[0], vms: $vms[0], removal: {seconds: $removed, left: ($after[0].resources | length), leftAtTheEnd: ($emptied[0].left | length)}}' >"$OUT/result.json"
say "done"
echo
jq -r '"launch     \(.launch.seconds) s on \(.launch.type): \([.launch.steps[] | "\(.step) \(.seconds)"] | join(", "))",
       "estimate   \(.estimate.dollarsPerHour) USD an hour while its \(.estimate.resources) resources existed; \(.estimate.before // "no price") before",
       "pings      \(.pings.sent) sent, \(.pings.lost) lost",
       (.switch | select(.) | "switch     \(.there.from) -> \(.there.to): cut-over \(.there.cutoverMillis) ms, \(.there.totalMillis) ms in all; back by \(.backBy)",
         "           pings through it: \(.pings.sent) sent, \(.pings.lost) lost, \(.pings.duplicated) doubled, longest gap \(.pings.maxGapMillis) ms"),
       (.vms[] | "guest      \(.from) -> \(.to) (\(.mode)): \(.pingsLost) of \(.pings) pings lost, \(.pingsDuplicated) doubled, silent for \(.networkGapMillis) ms of which QEMU \(.hypervisorDowntimeMillis) ms; TCP \(if .tcpSurvived then "survived" else "BROKE" end), boot id \(if .bootIdUnchanged then "unchanged" else "CHANGED" end)"),
       "removal    \(.removal.seconds) s; left: \(.removal.left), at the end \(.removal.leftAtTheEnd)"' "$OUT/result.json"
echo "written to $OUT/result.json"
jq -e '(.launch.steps | length) == 10 and .pings.sent == 1000 and .pings.lost == 0 and .removal.left == 0 and .removal.leftAtTheEnd == 0
       and (.switch == null or (.switch.pings.sent > 0 and .switch.pings.lost == 0 and .switch.pings.duplicated == 0
       and (.vms | length) == 2 and all(.vms[]; .pings > 0 and .pingsLost <= .framesUnsure and .pingsMissing - [.pingsAnsweredBefore + 1] == []
         and .pingsDuplicated == 0 and .tcpSurvived and .bootIdUnchanged)))' \
  "$OUT/result.json" >/dev/null || die "that was not all: see above"
