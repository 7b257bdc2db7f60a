# shellcheck shell=bash
# What run.sh and benchmarks/migration.sh have in common, who source this: daemons and a guest on what lab.sh makes, and how a move
# is watched from outside. Before that: $top; $lab, the lab's name; $work, a folder of its own; $OUT, where logs go; pids=()
here=$top/examples/04-live-migration
wire=$top/bin/wire
export WIRE_HOME=$work/home
declare -A at=([east]=192.0.2.1 [west]=192.0.2.2 [out]=192.0.2.3)
guest=10.1.0.10 client=10.1.0.1 mac=52:54:00:00:00:10

labsh() { bash "$here/lab.sh" "$@"; }
ns()    { local host=$1; shift; ip netns exec "$lab-$host" "$@"; }
# Starts a command in a namespace in the background; $last is its pid.
start() { local host=$1 log=$2; shift 2; ip netns exec "$lab-$host" "$@" >"$OUT/$log" 2>&1 & last=$!; pids+=("$last"); }
ask()   { ns out "$wire" "$@" >>"$OUT/wire.log" 2>&1; }
connector_log() { cat "$OUT/connector-$1.log"; }
# shellcheck source=examples/04-live-migration/watch.sh
. "$here/watch.sh"

# Ends everything that was started, whatever state it is in, and the lab with it.
end_all() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
  pids=()
  bash "$here/lab.sh" down "$lab"
}

# A connector on each host, a node in each cloud, the hypervisors made known, a switch in the east, and the outside host's wire to it.
daemons() {
  local host
  "$wire" init --tenant demo >"$OUT/wire.log" 2>&1
  for host in east-1 west-1 out node-east node-west; do "$wire" identity issue $host --out "$work/$host.wire" >>"$OUT/wire.log" 2>&1; done
  local peers=east=${at[east]}:7483,west=${at[west]}:7483
  for host in east west; do
    start $host node-$host.log "$wire" node run --name $host --cloud $host --identity "$work/node-$host.wire" --listen "${at[$host]}" --peers $peers --state "$work/node-$host"
    start $host connector-$host-1.log "$wire" connector run --identity "$work/$host-1.wire" --listen "${at[$host]}" --state "$work/connector-$host-1"
  done
  start out connector-out.log "$wire" connector run --identity "$work/out.wire" --listen "${at[out]}" --state "$work/connector-out"
  for host in connector-east-1 connector-west-1 connector-out; do await 120 "$host" grep -q 'is ready: wires' "$OUT/$host.log"; done
  # A command is a JVM of its own: asked only when the nodes say that they are there.
  for host in node-east node-west; do await 180 "$host" grep -q 'is up' "$OUT/$host.log"; done
  await 180 "the cluster" ask switch ls --node "${at[east]},${at[west]}"
  ask switch create lan --on east
  for host in east west; do
    ask host add $host-1 "${at[$host]}" --cloud $host --libvirt "$(labsh uri "$lab" $host)" --libvirt-peer "$(labsh tcp "$lab" $host)"
  done
  ask host add out "${at[out]}"
  ask switch plug lan/client client@out
  ip netns exec "$lab-out" ip address add $client/24 dev client
  ip netns exec "$lab-out" ip link set client up
}

# machine: a guest in the east that runs, is attached and plugged in, and answers
machine() {
  bash "$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm/guest.sh" xml "$top/target/vm/guest" web1 "web1,$mac,$guest/24" >"$work/web1.xml"
  labsh virsh "$lab" east define "$work/web1.xml" >>"$OUT/virsh.log"
  ask vm attach web1 --host east-1
  labsh virsh "$lab" east start web1 >>"$OUT/virsh.log"
  ask switch plug lan/web1 web1
  await 120 "the guest" ns out ping -c 1 -W 1 $guest
}
