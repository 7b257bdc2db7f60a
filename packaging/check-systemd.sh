#!/usr/bin/env bash
# Tries the units under a real systemd: one of its own, in namespaces of its own, as process 1 there.
#
#   vws-a-PID (192.0.2.1): systemd, its unit virtualwire-connector ── veth ── vws-b-PID (192.0.2.2): a connector
#
#   check-systemd.sh ROOT   ROOT: where install.sh has installed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$1
if ! [ -x /lib/systemd/systemd ]; then
  echo "the units are tried under systemd only where there is one"
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi
# As the installed command finds it, for which the unit's environment is empty.
java=$(readlink -f "${WIRE_JAVA:-${JAVA_HOME:-/nonexistent}/bin/java}" || true)
if ! [ -x "$java" ]; then for java in /usr/lib/jvm/*25*/bin/java /opt/*25*/bin/java; do [ ! -x "$java" ] || break; done; fi

work=$(mktemp -d)
a=vws-a-$$ b=vws-b-$$
pids=()
tidy() {
  # Process 1 of a namespace ends with it all; it does not heed the usual signals.
  [ -z "${pids[0]:-}" ] || pkill -KILL -P "${pids[0]}" || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for ns in $a $b; do ip netns del "$ns" 2>/dev/null || true; done
  rm -rf "$work"
}
trap tidy EXIT
fail() {
  echo "packaging: $1" >&2
  tail -n 30 "$work"/*.log >&2 2>/dev/null || true
  exit 1
}
await() { # WHAT SECONDS COMMAND…
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "not within time: $what"
    sleep 0.05
  done
}

uid=64998
mkdir -p "$work/units" "$work/hosta" "$work/hostb"
chmod 755 "$work"
mknod -m 666 "$work/tun" c 10 200
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
for host in hosta hostb; do
  wire identity issue $host --out "$work/$host/$host.wire" >/dev/null
done
printf 'name: hosta\nlisten: 192.0.2.1\n' >"$work/hosta/connector.yaml"
chown -R $uid:$uid "$work/hosta"

# The units as they are, but for where this is installed and where their files are.
sed -e "s|^ExecStart=/usr/bin/wire|ExecStart=$root/usr/bin/wire|" \
  -e "s|^Environment=WIRE_HOME=.*|Environment=WIRE_HOME=$work/authority\nEnvironment=WIRE_JAVA=$java\nEnvironment=WIRE_JAVA_OPTS=${WIRE_JAVA_OPTS:-}\nBindReadOnlyPaths=$root\nBindPaths=$work\nStandardError=append:$work/authority.log\nStandardOutput=append:$work/authority.log|" \
  -e "s|^EnvironmentFile=.*|EnvironmentFile=$work/authority.env|" -e '/^StateDirectory/d' \
  packaging/systemd/virtualwire-authority.service >"$work/units/virtualwire-authority.service"
echo ADDRESS=192.0.2.1 >"$work/authority.env"
cp -r "$work/me" "$work/authority"
chown -R $((uid - 1)):$((uid - 1)) "$work/authority"
sed -e "s|^ExecStart=/usr/bin/wire \(.*\) --config .*|ExecStart=$root/usr/bin/wire \1 --config $work/hosta/connector.yaml|" \
  -e "s|^Environment=WIRE_HOME=.*|Environment=WIRE_HOME=$work/hosta\nEnvironment=WIRE_JAVA=$java\nEnvironment=WIRE_JAVA_OPTS=${WIRE_JAVA_OPTS:-}\nBindReadOnlyPaths=$root\nBindPaths=$work $work/tun:/dev/net/tun\nStandardError=append:$work/hosta.log\nStandardOutput=append:$work/hosta.log|" \
  -e '/^\(State\|Logs\|Configuration\)Directory/d'\
  packaging/systemd/virtualwire-connector.service >"$work/units/virtualwire-connector.service"
for target in lab sysinit basic shutdown network-online multi-user; do
  printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' $target >"$work/units/$target.target"
done
# The user that sysusers.d makes, for who lives in these namespaces.
for file in passwd group; do cp /etc/$file "$work/$file"; done
sed -i '/^virtualwire:/d' "$work/passwd" "$work/group"
echo "virtualwire:x:$uid:$uid::/:/usr/sbin/nologin" >>"$work/passwd"
echo "virtualwire:x:$uid:" >>"$work/group"
sed -i '/^virtualwire-authority:/d' "$work/passwd" "$work/group"
echo "virtualwire-authority:x:$((uid - 1)):$((uid - 1))::/:/usr/sbin/nologin" >>"$work/passwd"
echo "virtualwire-authority:x:$((uid - 1)):" >>"$work/group"
cat >"$work/one" <<X
for file in passwd group; do mount --bind $work/\$file /etc/\$file; done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/systemd
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup
export container=none SYSTEMD_UNIT_PATH=$work/units
exec /lib/systemd/systemd --system --unit=lab.target --log-target=console --show-status=no
X
ip netns exec $a unshare --pid --fork --mount --uts --ipc --cgroup --mount-proc sh "$work/one" >"$work/systemd.log" 2>&1 </dev/null &
pids+=($!)
one=
# The shell that prepares its namespaces becomes it; what that shell runs before is not.
found() { one=$(pgrep -x -P "${pids[0]}" systemd); }
await "systemd" 10 found
ctl() { nsenter -t "$one" -m -p -n systemctl "$@"; }
await "systemd to answer" 20 ctl is-active lab.target

ip netns exec $b env WIRE_HOME="$work/hostb" "$root/usr/bin/wire" connector run --identity "$work/hostb/hostb.wire" \
  --listen 192.0.2.2 >"$work/hostb.log" 2>&1 &
pids+=($!)
ctl start --no-block virtualwire-authority
ctl start virtualwire-connector || { ctl status -l --no-pager virtualwire-connector >"$work/status.log" 2>&1 || true; fail "the unit did not start"; }
await "hostb" 60 grep -q "is ready: wires" "$work/hostb.log"
await "the authority" 60 ctl is-active virtualwire-authority
grep -q "answers at 192.0.2.1:7491" "$work/authority.log" || fail "the authority is started, says systemd, and does not answer"
grep -q "is ready: wires" "$work/hosta.log" || fail "started, says systemd, and is not ready"

unit=virtualwire-connector
has() { [ "$(ctl show -p "$1" --value $unit)" = "$2" ]; }
person() { ip netns exec $a env WIRE_HOME="$work/me" "$root/usr/bin/wire" "$@"; }
person host add hosta 192.0.2.1 >/dev/null
person host add hostb 192.0.2.2 >/dev/null
person connect web@hosta db@hostb >/dev/null || fail "the wire was refused"
ip -n $a address add 10.9.0.1/24 dev web
ip -n $b address add 10.9.0.2/24 dev db
# On a busy machine a start may take so long that guests would think their neighbours gone.
mac() { ip -n "$1" -o link show dev "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }
ip -n $a neigh replace 10.9.0.2 lladdr "$(mac $b db)" dev web nud permanent
ip -n $b neigh replace 10.9.0.1 lladdr "$(mac $a web)" dev db nud permanent
passes() { ip netns exec $a ping -n -q -c 1 -W 1 10.9.0.2; }
await "a ping" 10 passes
has NFileDescriptorStore 2 || fail "systemd does not keep the device and the interface's socket"
echo "systemd started them, and keeps what is to be kept"

# How many pings got no answer, though a later one did: the latest may have been on their way when ping was told to stop.
unanswered() {
  sed -n 's/.*icmp_seq=\([0-9]*\) ttl.*/\1/p' "$work/ping.out" | sort -nu | awk '{ missing += $1 - last - 1; last = $1 } END { print missing + 0 }'
}

# Restarted while pings go on: they are late, none is lost, and the guest's interface keeps its carrier.
ip netns exec $a ping -n -i 0.05 10.9.0.2 >"$work/ping.out" 2>&1 &
ping=$!
pids+=($ping)
ip -n $a -o monitor link dev web >"$work/carrier.out" &
pids+=($!)
before=$(ctl show -p MainPID --value $unit)
ctl restart $unit || fail "it does not restart"
[ "$before" != "$(ctl show -p MainPID --value $unit)" ] || fail "it was not restarted"
await "a ping after the restart" 20 passes
sleep 0.5
kill -INT $ping
wait $ping || true
grep -q "goes on where the process before has ended, with 1 devices" "$work/hosta.log" || fail "nothing was left to the next process"
lost=$(unanswered)
[ "$lost" = 0 ] || fail "a restart loses frames: $lost pings; $(tail -n 3 "$work/ping.out")"
has NFileDescriptorStore 2 || fail "systemd keeps something else than before: $(ctl show -p NFileDescriptorStore $unit)"
echo "restarted: $(grep -o '[0-9]* packets.* received' "$work/ping.out"), $(grep -o 'rtt.*' "$work/ping.out")"

# Killed: systemd starts it again, from the journal, with the same device.
ctl kill -s KILL --kill-who=main $unit
restarted() { has NRestarts 1 && has ActiveState active; }
await "it to be started again" 60 restarted
await "a ping after it was killed" 20 passes
[ ! -s "$work/carrier.out" ] || fail "the guest saw its interface change: $(cat "$work/carrier.out")"
echo "killed: the guest's interface has not changed"

ctl reload $unit
await "the file to be read again" 20 grep -q "was read again" "$work/hosta.log"
await "it to be active after a reload" 20 has ActiveState active

# What is stopped for good leaves nothing open.
ctl stop $unit
has NFileDescriptorStore 0 || fail "systemd keeps descriptors of what was stopped"
ctl start $unit || fail "it does not start again"
await "a ping after a stop and a start" 20 passes

# The other of two units that take turns: as a new release would, it takes over from this one, which then ends by itself.
sed 's|^\(ExecStart=.* connector run\)|\1 --take-over|' "$work/units/$unit.service" >"$work/units/$unit-b.service"
ctl daemon-reload
ip netns exec $a ping -n -i 0.05 10.9.0.2 >"$work/ping.out" 2>&1 &
ping=$!
pids+=($ping)
ctl start $unit-b || fail "the other unit did not take over"
await "the first unit to end" 20 has ActiveState inactive
await "a ping after the take-over" 20 passes
sleep 0.5
kill -INT $ping
wait $ping || true
grep -q "took over from process" "$work/hosta.log" || fail "nothing was taken over"
lost=$(unanswered)
[ "$lost" = 0 ] || fail "a take-over loses frames: $lost pings; $(tail -n 3 "$work/ping.out")"
unit=$unit-b
has NFileDescriptorStore 2 || fail "systemd does not keep for the new unit what it kept for the old one"
echo "taken over by another unit: $(grep -o '[0-9]* packets.* received' "$work/ping.out"), $(grep -o 'rtt.*' "$work/ping.out")"

# With what kernel wires need, and no more: the kernel takes the programs from it.
ctl stop $unit
unit=virtualwire-connector
mkdir -p "$work/units/$unit.service.d"
cp packaging/systemd/kernel-wires.conf "$work/units/$unit.service.d/"
echo 'kernel-wires: true' >>"$work/hosta/connector.yaml"
ctl daemon-reload
ctl start $unit || fail "it does not start with kernel-wires.conf"
ip -n $a link add kw0 mtu 1450 type veth peer name kw1
person endpoint add kw --tap kw0 --existing --device-side --mtu 1450 --host hosta >/dev/null || fail "no endpoint for a kernel wire"
person connect kw@hosta other@hostb --backend auto >"$work/kernel.log" 2>&1 || true
await "the kernel to take the programs from the unit" 20 grep -q "the kernel is ready to carry wires" "$work/hosta.log"
ctl stop $unit
ip -n $a link delete vwire 2>/dev/null || true
echo "with kernel-wires.conf it may load eBPF programs"
echo "packaging: all well under systemd"
