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
# await SECONDS WHAT COMMAND…
await() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || die "$what did not happen in time"
    sleep 0.1
  done
}
ended() { local pid; for pid in "$@"; do kill "$pid" 2>/dev/null || true; done; for pid in "$@"; do wait "$pid" 2>/dev/null || true; done; }

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

# --- what is seen from outside ---------------------------------------------------------------------------------------
identity() { ns out curl -sS --max-time 20 http://$guest/cgi-bin/id | cut -d' ' -f1,2; }

# A TCP connection that says a number every 50 ms and hears it back; its log has one line for each that came back.
hold_connection() {
  start out tcp.log bash -c '
    exec 3<>"/dev/tcp/$0/7" || exit 1
    for ((n = 1; ; n++)); do
      echo $n >&3
      IFS= read -r -t 60 -u 3 back && [ "$back" = $n ] || { echo "after $n: $back"; exit 1; }
      echo $n
      sleep 0.05
    done' $guest
  connection=$last
  await 20 "the connection" test -s "$OUT/tcp.log"
}
connection_lives() { # as it did LINES ago
  local before=$1
  for ((i = 0; i < 100; i++)); do
    kill -0 "$connection" 2>/dev/null || return 1
    [ "$(wc -l <"$OUT/tcp.log")" -le "$before" ] || return 0
    sleep 0.1
  done
  return 1
}

# What ping printed, summed up. What had been sent when it was asked how far it is (RECEIVED/SENT packets), and was never answered, is
# lost; of those, which came after how many, and after how many the longest silence began, is said for whoever looks for the reason.
pings_of() {
  awk '
    /icmp_seq=/ {
      match($0, /icmp_seq=[0-9]+/); seq = substr($0, RSTART + 9, RLENGTH - 9) + 0
      match($0, /\[[0-9.]+\]/); t = substr($0, RSTART + 1, RLENGTH - 2)
      if (/DUP!/ || (seq in seen)) dup++; else seen[seq] = 1
      if (before && t - before > gap) { gap = t - before; begins = before; silent = last }
      before = t; if (seq > last) last = seq
    }
    match($0, /[0-9]+\/[0-9]+ packets/) { split(substr($0, RSTART, RLENGTH), counts, /[\/ ]/); sent = counts[2] + 0 }
    END {
      for (n = 1; n <= sent; n++) if (!(n in seen)) { missing = missing (lost++ ? "," : "") n }
      printf "{\"sent\":%d,\"lost\":%d,\"missing\":[%s],\"duplicated\":%d,\"gapMillis\":%.1f,\"gapBegins\":%.6f,\"gapAfter\":%d}\n",
        sent, lost, missing, dup, gap * 1000, begins, silent
    }' "$1"
}
# unsure CONNECTOR LINE: of how many frames it could not say, after that line of its log, whether a guest that left had taken them
unsure() { tail -n +$(($2 + 1)) "$OUT/connector-$1.log" | awk 'match($0, / Recalled\[.*unsure=[0-9]+/) {s = substr($0, RSTART, RLENGTH); sub(/.*unsure=/, "", s); n += s} END {print n + 0}'; }
# watched NAME COMMAND…: runs it while the guest is pinged every 10 ms, a second longer on each side; leaves NAME.pings.json.
watched() {
  local name=$1 status=0 ping; shift
  start out "$name.ping.log" ping -D -i 0.01 $guest; ping=$last
  await 30 "a ping" grep -q icmp_seq "$OUT/$name.ping.log"
  sleep 1
  "$@" || status=$?
  sleep 1
  kill -QUIT "$ping"
  sleep 1
  kill -INT "$ping"; wait "$ping" || true
  pings_of "$OUT/$name.ping.log" >"$OUT/$name.pings.json"
  return $status
}
