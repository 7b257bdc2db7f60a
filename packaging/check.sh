#!/usr/bin/env bash
# Tries what is installed: the units as systemd sees them, and two connectors under an unprivileged user that has exactly the
# capabilities of the unit.
#
#   vwp-a-PID (192.0.2.1) ── veth ── vwp-b-PID (192.0.2.2)    a connector each, TAPs web and db, a wire, a ping
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
a=vwp-a-$$ b=vwp-b-$$
pids=()
tidy() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for ns in $a $b; do ip netns del "$ns" 2>/dev/null || true; done
  rm -rf "$work"
}
trap tidy EXIT
fail() {
  echo "packaging: $1" >&2
  tail -n 20 "$work"/*.log >&2 2>/dev/null || true
  exit 1
}

root=$work/root
DESTDIR=$root packaging/install.sh
for unit in virtualwire-connector virtualwire-node virtualwire-authority; do
  file=packaging/systemd/$unit.service
  sed "s|^ExecStart=/usr/bin/wire|ExecStart=$root/usr/bin/wire|" "$file" >"$work/$unit.service"
  said=$(systemd-analyze verify --man=no "$work/$unit.service" 2>&1 | grep -F "$unit" || true)
  [ -z "$said" ] || fail "systemd complains of $unit: $said"
  systemd-analyze security --offline=true --threshold=30 "$file" >"$work/$unit.score" || fail "$unit is too exposed: $(tail -n 1 "$work/$unit.score")"
done
for unit in node authority; do
  grep -q '^AmbientCapabilities=$' packaging/systemd/virtualwire-$unit.service || fail "the $unit has capabilities"
done
[ "$(stat -c %a "$root/usr/bin/wire")" = 755 ] || fail "the command cannot be run by everybody"
echo "the units are right, and little exposed"

# Without its cache Java would only be slow; told to insist on it, it fails.
for command in --version help "connector run --help"; do
  # shellcheck disable=SC2086
  WIRE_JAVA_OPTS=-XX:AOTMode=on "$root/usr/bin/wire" $command >"$work/cache.log" 2>&1 ||
    fail "the installed command does without its ahead-of-time cache: wire $command"
done

if [ "$(id -u)" != 0 ] || ! [ -c /dev/net/tun ]; then
  echo "the rest needs root and /dev/net/tun"
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi

# What the unit gives, and no more.
capabilities=$(sed -n 's/^AmbientCapabilities=CAP_//p' packaging/systemd/virtualwire-connector.service | tr 'A-Z ' 'a-z,')
[ "$capabilities" = net_admin ] || fail "the unit has other capabilities than expected: $capabilities"
uid=64999
as_daemon=(env --default-signal=HUP setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs
  --inh-caps "-all,+$capabilities" --ambient-caps "-all,+$capabilities" --bounding-set "-all,+$capabilities")

# As udev makes it; a machine without udev may keep it to root.
mknod -m 666 "$work/tun" c 10 200
chmod 755 "$work" "$root"

for ns in $a $b; do
  ip netns add "$ns"
  ip -n "$ns" link set lo up
done
ip -n $a link add eth0 type veth peer name eth0 netns $b
ip -n $a address add 192.0.2.1/24 dev eth0
ip -n $b address add 192.0.2.2/24 dev eth0
ip -n $a link set eth0 up
ip -n $b link set eth0 up

wire() { WIRE_HOME=$work/me "$root/usr/bin/wire" "$@"; }
wire init --tenant acme >/dev/null
start() { # NAMESPACE NAME ADDRESS
  local home=$work/$2
  mkdir "$home"
  wire identity issue "$2" --out "$home/$2.wire" >/dev/null
  printf 'name: %s\nlisten: %s\n' "$2" "$3" >"$home/connector.yaml"
  chown -R $uid:$uid "$home"
  # shellcheck disable=SC2016 # for the inner shell
  WIRE_HOME=$home ip netns exec "$1" sh -c 'mount --bind "$1" /dev/net/tun; shift; exec "$@"' - "$work/tun" \
    "${as_daemon[@]}" "$root/usr/bin/wire" connector run --config "$home/connector.yaml" >"$work/$2.log" 2>&1 &
  pids+=($!)
}
start $a hosta 192.0.2.1
start $b hostb 192.0.2.2
for host in hosta hostb; do
  for ((i = 0; i < 600; i++)); do
    ! grep -q "is ready: wires" "$work/$host.log" || break
    kill -0 "${pids[@]}" 2>/dev/null || fail "a connector ended"
    sleep 0.1
  done
  grep -q "is ready: wires" "$work/$host.log" || fail "$host is not ready"
done

person() { ip netns exec $a env WIRE_HOME="$work/me" "$root/usr/bin/wire" "$@"; }
person host add hosta 192.0.2.1 >/dev/null
person host add hostb 192.0.2.2 >/dev/null
# A machine that is busy may need longer than a command waits.
for ((i = 0; i < 5; i++)); do
  ! person connect web@hosta db@hostb >/dev/null 2>"$work/connect.said" || break
done
[ $i -lt 5 ] || fail "the wire was refused: $(cat "$work/connect.said")"
ip -n $a address add 10.9.0.1/24 dev web
ip -n $b address add 10.9.0.2/24 dev db
for ((i = 0; i < 100; i++)); do
  ! ip netns exec $a ping -n -q -c 1 -W 1 10.9.0.2 >/dev/null 2>&1 || break
  sleep 0.1
done
ip netns exec $a ping -n -q -c 3 -W 1 10.9.0.2 >/dev/null || fail "no ping passes"
for pid in "${pids[@]}"; do
  grep -q '^CapEff:[[:space:]]*0000000000001000$' "/proc/$pid/status" || fail "process $pid has other capabilities: $(grep ^Cap "/proc/$pid/status")"
  grep -q "^Uid:[[:space:]]*$uid" "/proc/$pid/status" || fail "process $pid runs as somebody else"
done
echo "two connectors with $capabilities alone, as user $uid: a wire, a ping"

# An endpoint in another namespace is refused, with a reason.
if said=$(person endpoint add guest --host hosta --netns $b 2>&1); then fail "a namespace was entered without CAP_SYS_ADMIN"; fi
grep -q "network namespace $b" <<<"$said" || fail "the refusal says: $said"
grep -q '"operation":"putEndpoint"' "$work/hosta/state/hosta/audit.jsonl" || fail "the audit log has no endpoint"
kill -HUP "${pids[0]}"
for ((i = 0; i < 100; i++)); do
  ! grep -q "was read again" "$work/hosta.log" || break
  sleep 0.1
done
grep -q "was read again" "$work/hosta.log" || fail "SIGHUP is not heard"

# A node, with nothing at all.
home=$work/node
mkdir "$home"
wire identity issue node-n1 --out "$home/node-n1.wire" >/dev/null
printf 'name: n1\nlisten: 192.0.2.2\npeers: [n1=192.0.2.2]\n' >"$home/node.yaml"
chown -R $uid:$uid "$home"
WIRE_HOME=$home ip netns exec $b setpriv --reuid $uid --regid $uid --clear-groups --no-new-privs --inh-caps -all --ambient-caps -all \
  --bounding-set -all "$root/usr/bin/wire" node run --config "$home/node.yaml" >"$work/node.log" 2>&1 &
pids+=($!)
for ((i = 0; i < 900; i++)); do
  ! grep -q "is up" "$work/node.log" || break
  kill -0 "${pids[2]}" 2>/dev/null || fail "the node ended"
  sleep 0.1
done
grep -q "is up" "$work/node.log" || fail "the node is not up"
grep -q '^CapEff:[[:space:]]*0000000000000000$' "/proc/${pids[2]}/status" || fail "the node has capabilities"
grep -q '^CapBnd:[[:space:]]*0000000000000000$' "/proc/${pids[2]}/status" || fail "the node could have capabilities"
tr '\0' ' ' <"/proc/${pids[2]}/cmdline" | grep -q -- "-jar $root/" || fail "the node is not started by its jar: $(tr '\0' ' ' <"/proc/${pids[2]}/cmdline")"
! grep -qi "without proper access" "$work/node.log" || fail "Hazelcast misses what the jar should open"
echo "a node without capabilities, as user $uid"
packaging/check-systemd.sh "$root"
# What goes wrong at a start is said in one error, with what to do, a code and status 1; and it disturbs nobody.
ip netns exec $a ping -n -q -i 0.2 10.9.0.2 >"$work/meanwhile" 2>&1 &
meanwhile=$!
ip netns exec $a socat TCP-LISTEN:7482,bind=192.0.2.1,fork,reuseaddr SYSTEM:true 2>/dev/null &
pids+=($!)
spare=$work/spare
mkdir "$spare"
for name in spare node-n2; do wire identity issue $name --out "$spare/$name.wire" >/dev/null; done
cp "$spare/spare.wire" "$work/unreadable.wire"
mkdir -m 700 "$work/closed"
chown -R $uid:$uid "$spare"
attempts=()
attempt() { # NAME NAMESPACE COMMAND…
  local name=$1 ns=$2
  shift 2
  (
    status=0
    # shellcheck disable=SC2016 # for the inner shell
    WIRE_HOME=$spare ip netns exec "$ns" sh -c 'mount --bind "$1" /dev/net/tun; shift; exec "$@"' - "$work/tun" \
      timeout 150 "$@" >"$work/$name.said" 2>&1 || status=$?
    echo $status >"$work/$name.status"
  ) &
  attempts+=($!)
}
# said NAME CODE TEXT…: it ended with status 1, one error with that code, and these texts; no trace of a stack
said() {
  local name=$1 code=$2 text
  shift 2
  [ "$(cat "$work/$name.status")" = 1 ] || fail "$name ended with $(cat "$work/$name.status"): $(cat "$work/$name.said")"
  for text in "($code)" "$@"; do grep -qF -- "$text" "$work/$name.said" || fail "$name does not say '$text': $(cat "$work/$name.said")"; done
  [ "$(grep -c '^wire: ' "$work/$name.said")" = 1 ] || fail "$name says more than one error: $(cat "$work/$name.said")"
  ! grep -qE '^[[:space:]]+at ' "$work/$name.said" || fail "$name shows a stack: $(cat "$work/$name.said")"
}
connector=("${as_daemon[@]}" "$root/usr/bin/wire" connector run --listen 192.0.2.1)
spare_connector=("${connector[@]}" --identity "$spare/spare.wire")
node=(setpriv --reuid $uid --regid $uid --clear-groups --no-new-privs --inh-caps -all --ambient-caps -all --bounding-set -all
  "$root/usr/bin/wire" node run --identity "$spare/node-n2.wire" --name n2)
without=(setpriv --reuid $uid --regid $uid --clear-groups --no-new-privs --inh-caps -all --ambient-caps -all --bounding-set -all)
# shellcheck disable=SC2016 # for the inner shell
hidden=(sh -c 'umount /dev/net/tun; mount -t tmpfs none /dev/net; exec "$@"' -)
# shellcheck disable=SC2016 # for the inner shell
closed=(sh -c 'umount /dev/net/tun; mknod -m 600 "$1" c 10 200; mount --bind "$1" /dev/net/tun; shift; exec "$@"' - "$work/closed/tun")
token=$(WIRE_HOME=$work/me "$root/usr/bin/wire" token create --name early --authority 192.0.2.9 2>/dev/null)
early=(connector run --enrol "$token" --identity "$spare/early.wire" --listen 192.0.2.1 --port 0 --api-port 0 --state "$spare/early")
attempt no-capability $a "${without[@]}" "$root/usr/bin/wire" "${early[@]}"
attempt no-tun $a "${hidden[@]}" "${as_daemon[@]}" "$root/usr/bin/wire" "${early[@]}"
attempt closed-tun $a "${closed[@]}" "${as_daemon[@]}" "$root/usr/bin/wire" "${early[@]}"
wait "${attempts[@]}"
attempts=()
attempt data-port $a "${spare_connector[@]}" --state "$spare/1" --port 7471 --api-port 0
attempt interface-port $a "${spare_connector[@]}" --state "$spare/2" --port 0 --api-port 7472
attempt same-state $a "${spare_connector[@]}" --state "$work/hosta/state/hosta" --port 0 --api-port 0
attempt closed-state $a "${spare_connector[@]}" --state "$work/closed/state" --port 0 --api-port 0
wait "${attempts[@]}"
attempts=()
attempt unreadable-key $a "${connector[@]}" --identity "$work/unreadable.wire" --state "$spare/3" --port 0 --api-port 0
attempt node-wire-port $b "${node[@]}" --listen 192.0.2.2 --peers n2=192.0.2.2:7993 --state "$spare/4" --wire-port 7481 --api-port 0
attempt node-cluster-port $b "${node[@]}" --listen 192.0.2.2 --peers n2=192.0.2.2 --state "$spare/5" --wire-port 0 --api-port 0
attempt node-interface-port $a "${node[@]}" --listen 192.0.2.1 --peers n2=192.0.2.1:7994 --state "$spare/6" --wire-port 0 --api-port 7482
attempt node-closed-state $b "${node[@]}" --listen 192.0.2.2 --peers n2=192.0.2.2:7995 --state "$work/closed/state" --wire-port 0 --api-port 0
wait "${attempts[@]}"
said no-capability SYSTEM "CAP_NET_ADMIN" "run it as root" "virtualwire-connector.service"
said no-tun SYSTEM "there is no /dev/net/tun" "modprobe tun"
said closed-tun SYSTEM "permission denied to open /dev/net/tun" "chmod 0666"
[ -z "$(find "$spare" -name '*early*')" ] || fail "a connector that cannot start has left something: $(find "$spare" -name '*early*')"
said data-port SYSTEM "192.0.2.1:7471" "in use" "another port"
said interface-port SYSTEM "192.0.2.1 port 7472" "in use" "--api-port"
said same-state IN_USE "another connector runs on it" "--take-over"
said closed-state SYSTEM "$work/closed/state" "permission denied" "--state"
said unreadable-key SYSTEM "$work/unreadable.wire" "ermission denied"
said node-wire-port SYSTEM "192.0.2.2:7481" "in use"
said node-cluster-port SYSTEM "192.0.2.2:7483" "in use"
said node-interface-port SYSTEM "cannot offer the interface at 192.0.2.1 port 7482: Address already in use" "ss -lntp" "--api-port"
! grep -q '^wire: .*Exception' "$work"/*.said || fail "an error names a class: $(grep '^wire: .*Exception' "$work"/*.said)"

# A node that does not reach a host's libvirt says so to whom it concerns, and goes on.
socat UNIX-LISTEN:"$work/libvirt-sock",mode=600,fork SYSTEM:true 2>/dev/null &
pids+=($!)
for ((i = 0; i < 100; i++)); do [ ! -S "$work/libvirt-sock" ] || break; sleep 0.1; done
unreached() { # NAME CODE SOCKET TEXT
  # A machine that is busy may need longer than a command waits.
  for ((i = 0; i < 10; i++)); do
    ! person host add hosta 192.0.2.1 --libvirt "qemu+unix:///system?socket=$3" --node 192.0.2.2 >"$work/$1.host" 2>&1 || break
    sleep 0.5
  done
  [ $i -lt 10 ] || fail "the fabric is not told of the host: $(cat "$work/$1.host")"
  status=0
  person vm attach guest --host hosta --node 192.0.2.2 >"$work/$1.said" 2>&1 || status=$?
  echo $status >"$work/$1.status"
  said "$1" "$2" "cannot reach the hypervisor qemu+unix" "$4"
}
unreached no-libvirt UNAVAILABLE "$work/no-such-sock" "see that libvirtd runs there"
unreached closed-libvirt FORBIDDEN "$work/libvirt-sock" "join group libvirt"
person switch ls --node 192.0.2.2 >/dev/null || fail "the node does not go on"
said node-closed-state SYSTEM "$work/closed/state" "permission denied" "--state"

kill -INT $meanwhile
wait $meanwhile || true
grep -q ' 0% packet loss' "$work/meanwhile" || fail "the wire was disturbed meanwhile: $(cat "$work/meanwhile")"
echo "twelve starts that cannot succeed, and a libvirt that cannot be reached: each says why, and no ping is lost meanwhile"
echo "packaging: all well"
