# shellcheck shell=bash
# What FAULTS=1 does to the network of run.sh, which sources this; everything is measured, and written to $OUT/faults.json.
#
#   CUT=S      cut the clouds from each other for S seconds (default 8; 60 with LONG=1)
#   LONG=1     more orders, more moments, the whole minute
#   FAULTS='node_folder_damaged disconnected_by_hand'   only these functions of this file, with nothing asserted over all of them

CUT=${CUT:-$([ "${LONG:-}" = 1 ] && echo 60 || echo 8)}
declare -A found=()

ask()   { local n=$1; shift; ns "$n" "$wire" "$@"; }
# rest HOST PORT PATH [curl's arguments]: what is asked again and again is asked over REST: no JVM has to start for it.
rest()  {
  local h=$1 port=$2 path=$3; shift 3
  ns "$h" curl -sSfk --max-time 5 --cert "$WIRE_HOME/admin.wire" "$@" "https://${at[$h]}:$port/v1/$path"
}
lan()   { rest "${1:-west-2}" 7482 components/lan; }
count() { lan | jq "$1"; }
decides() { # NODE [HOST that is asked]
  [ "$(lan "${2:-west-2}" | jq -r '.node + " " + .state')" = "$1 deciding" ]
}
decides_elsewhere() { # NODE
  lan | jq -e --arg n "$1" '.node != $n and .state == "deciding"'
}
present() { rest east-1 7482 fabric | jq -e --argjson n "$1" '.present | length == $n'; }
# Kills, and forgets: the number may soon be somebody else's.
slay() {
  local pid left=()
  kill -9 "$@"
  for pid in "$@"; do wait "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do case " $* " in *" $pid "*) ;; *) left+=("$pid") ;; esac; done
  pids=("${left[@]}")
}
pinging() { start "$1" "ping-$3.log" ping -D -i 0.01 "$2"; }
stopped() { end_ping "$1"; summed_up "$OUT/ping-$2.log"; }
# lost_between LOG FROM TO: pings that were not answered between two answers of that time (milliseconds since 1970)
lost_between() {
  awk -v from="$2" -v to="$3" '
    /icmp_seq=/ {
      match($0, /icmp_seq=[0-9]+/); seq = substr($0, RSTART + 9, RLENGTH - 9) + wraps * 65536
      if (seq < last - 32768) { wraps++; seq += 65536 }
      last = seq
      match($0, /\[[0-9.]+\]/); t = substr($0, RSTART + 1, RLENGTH - 2) * 1000
      if (t < from || t > to || (seq in seen)) next
      seen[seq] = 1; got++
      if (!lowest || seq < lowest) lowest = seq
      if (seq > highest) highest = seq
      if (before && t - before > gap) gap = t - before
      before = t
    }
    END { printf "{\"answered\":%d,\"lost\":%d,\"maxGapMillis\":%.1f}\n", got, got ? highest - lowest + 1 - got : 0, gap }
  ' "$OUT/ping-$1.log"
}
millis() { echo $(($(date +%s%N) / 1000000)); }
reaches() { ns "$1" ping -c 1 -W 1 "${address[$2]}"; }
all_reach_all() {
  local g h
  for g in web client db app; do for h in web client db app; do [ $g = $h ] || reaches $g $h || return 1; done; done
}

# Desired = observed: every node says the same, one of them decides, and every host holds its sides and no other, under its generation.
whole() {
  local h
  present 3 || return 1
  for h in east-1 west-1 west-2; do
    rest $h 7482 topology >"$work/wanted-$h" || return 1
    lan $h | jq -c '[.node, .generation, .state]' >"$work/lan-$h" || return 1
    cmp -s "$work/wanted-$h" "$work/wanted-east-1" && cmp -s "$work/lan-$h" "$work/lan-east-1" || return 1
    rest $h 7472 wires >"$work/sides-$h" || return 1
  done
  [ "$(jq -r '.[2]' "$work/lan-east-1")" = deciding ] || return 1
  jq -se --arg g "$(jq -r '"\(.[1]):\(.[0])"' "$work/lan-east-1")" '
    def lan: select(.endpoint | endswith("-direct") | not);
    add | ([.[] | lan] | length) == 4 and ([.[] | lan | select([.peers[] | select(.state == "active" and .agreed and .pathUp) | .generation] == [$g])] | length) == 4
  ' "$work"/sides-*
}

sed 's/lan: { node: east }/&\n  east-only: { node: east }/' "$here/topology.yaml" >"$work/east-only.yaml"

# --- when a node dies ---------------------------------------------------------------------------------------------
kill_the_holder() {
  local before
  decides east || ask east-1 migrate lan --to east --node "${at[east-1]}:7482" -o json >"$OUT/migrate-before-kill.json"
  await 180 "the switch in the east" decides east
  say "kill -9 of node east, which runs the switch"
  before=$(count '.addresses | length')
  start web ping-kill.log ping -D -i 0.005 "${address[db]}"; local ping_pid=$last
  sleep 1
  slay "${node_pid[east]}"
  await 180 "a takeover" decides_elsewhere east
  sleep 1
  stopped "$ping_pid" kill >"$OUT/pings-kill.json"
  lan >"$OUT/taken-over.json"
  say "  pings stood still for $(jq .maxGapMillis "$OUT/pings-kill.json") ms; $(jq -r .node "$OUT/taken-over.json") has it, with $(jq '.addresses | length' "$OUT/taken-over.json") of $before addresses"

  say "node east comes back"
  start web ping-return.log ping -D -i 0.005 "${address[db]}"; ping_pid=$last
  start_node east node-east-again.log
  direct_wire # meanwhile: no node is asked
  await 180 "node east's return" present 3
  sleep 2
  stopped "$ping_pid" return >"$OUT/pings-return.json"
  found[takeover]=$(jq -n --slurpfile killed "$OUT/pings-kill.json" --slurpfile after "$OUT/taken-over.json" --argjson learned "$before" '
    {gapMillis: $killed[0].maxGapMillis, node: $after[0].node, addresses: ($after[0].addresses | length), learned: $learned,
     flooded: $after[0].counters.flooded_unknown_destination}')
  found[return]=$(jq -n --slurpfile returned "$OUT/pings-return.json" --slurpfile after "$OUT/taken-over.json" --argjson now "$(lan)" '
    $returned[0] + {node: $now.node, generation: $now.generation, before: $after[0].generation}')
}

# --- a wire that has nothing to do with a node ----------------------------------------------------------------------
direct_wire() {
  ask east-1 endpoint add web-direct --host east-1 --netns "$run-web" --tap direct --mtu 1500 >>"$OUT/init.log"
  ask east-1 endpoint add db-direct --host west-1 --netns "$run-db" --tap direct --mtu 1500 >>"$OUT/init.log"
  ip -n "$run-web" addr add 10.2.0.1/24 dev direct; ip -n "$run-web" link set direct up
  ip -n "$run-db" addr add 10.2.0.3/24 dev direct; ip -n "$run-db" link set direct up
  ask east-1 connect web-direct@east-1 db-direct@west-1 >>"$OUT/init.log"
  await 60 "a ping over a wire without a switch" ns web ping -c 1 -W 1 10.2.0.3
}

# --- clouds cut from each other ---------------------------------------------------------------------------------------
cut_the_clouds() {
  local cut refused accepted healed status inner wan
  decides east || ask east-1 migrate lan --to east --node "${at[east-1]}:7482" -o json >"$OUT/migrate-before-cut.json"
  await 180 "the switch in the east" decides east
  pinging web "${address[client]}" cut-east; inner=$last
  pinging db "${address[app]}" cut-west; wan=$last
  sleep 1
  say "east and west are cut from each other for $CUT s; the switch is in the east, two of three nodes are in the west"
  ip -n "$run-east-gw" link set wan down
  cut=$(millis)
  # A change tried on both sides.
  sed 's/lan: { node: east }/&\n  west-only: { node: west }/' "$here/topology.yaml" >"$work/west-only.yaml"
  status=0
  ask east-1 apply -f "$work/east-only.yaml" --node "${at[east-1]}:7482" >"$OUT/refused.log" 2>&1 || status=$?
  refused=$(($(millis) - cut))
  say "  the minority refused after $refused ms: $(tr '\n' ' ' <"$OUT/refused.log" | cut -c 1-200)"
  grep -q UNAVAILABLE "$OUT/refused.log" && [ "$status" = 1 ] || die "the minority did not refuse as it should: status $status, $(cat "$OUT/refused.log")"
  await 180 "a takeover in the west" decides_elsewhere east
  ask west-2 apply -f "$work/west-only.yaml" --node "${at[west-2]}:7482" >"$OUT/accepted.log" 2>&1 || die "the majority did not accept: $(cat "$OUT/accepted.log")"
  await 180 "db to reach app" reaches db app
  accepted=$(($(millis) - cut))
  say "  the majority took the switch, accepted the change, and passes frames again after $accepted ms"
  while [ $(($(millis) - cut)) -lt $((CUT * 1000)) ]; do sleep 0.1; done
  kill -0 "$inner" || die "the pings in the east ended"
  lost_between cut-east "$cut" "$(millis)" >"$OUT/pings-while-cut.json"
  ip -n "$run-east-gw" link set wan up
  ip -n "$run-east-gw" route replace 198.51.100.0/24 via 203.0.113.2
  cut=$(millis)
  await 180 "everybody to reach everybody" all_reach_all
  await 180 "desired = observed" whole
  healed=$(($(millis) - cut))
  ask east-1 export --node "${at[east-1]}:7482" | grep -q west-only || die "what the majority accepted is not what the minority has"
  ! ask east-1 export --node "${at[east-1]}:7482" | grep -q east-only || die "what the minority refused was done all the same"
  found[cut]=$(jq -n --argjson east "$(stopped "$inner" cut-east)" --argjson west "$(stopped "$wan" cut-west)" \
    --slurpfile within "$OUT/pings-while-cut.json" --argjson seconds "$CUT" --argjson refused "$refused" --argjson accepted "$accepted" --argjson healed "$healed" '
    {seconds: $seconds, refusedMillis: $refused, majorityMillis: $accepted, healedMillis: $healed,
     minorityWhileCut: $within[0], minority: $east, majority: $west}')
  say "  desired = observed everywhere $healed ms after the cut was mended; pings in the minority while cut: $(jq -c .minorityWhileCut <<<"${found[cut]}"), with the healing: $(jq -c .minority <<<"${found[cut]}")"
}

# The same for what nodes and commands say alone: wires go on, between the clouds, too.
cut_the_control_plane() {
  local began status=0
  decides east || rest west-2 7482 'components/lan/migrate?to=east' -X POST --max-time 60 >"$OUT/migrate-before-control-cut.json"
  await 180 "the switch in the east" decides east
  pinging web 10.2.0.3 control-direct; local direct=$last
  pinging web "${address[client]}" control-east; local inner=$last
  sleep 1
  say "nodes and commands are cut from the other cloud for $CUT s, wires are not"
  ns east-gw nft -f - <<NFT
table ip cut {
  chain forward {
    type filter hook forward priority 0
    tcp dport { 7472, 7482, 7483 } drop
    tcp sport { 7472, 7482, 7483 } drop
  }
}
NFT
  began=$(millis)
  ask east-1 apply -f "$work/east-only.yaml" --node "${at[east-1]}:7482" >"$OUT/refused-control.log" 2>&1 || status=$?
  grep -q UNAVAILABLE "$OUT/refused-control.log" && [ "$status" = 1 ] || die "the minority did not refuse as it should: status $status, $(cat "$OUT/refused-control.log")"
  await 180 "a takeover in the west" decides_elsewhere east
  await 180 "db to reach app" reaches db app
  while [ $(($(millis) - began)) -lt $((CUT * 1000)) ]; do sleep 0.1; done
  lost_between control-east "$began" "$(millis)" >"$OUT/pings-while-control-cut.json"
  ns east-gw nft delete table ip cut
  began=$(millis)
  await 180 "everybody to reach everybody" all_reach_all
  await 180 "desired = observed" whole
  found[control]=$(jq -n --argjson direct "$(stopped "$direct" control-direct)" --argjson east "$(stopped "$inner" control-east)" \
    --slurpfile within "$OUT/pings-while-control-cut.json" --argjson healed $(($(millis) - began)) '
    {healedMillis: $healed, direct: $direct, minorityWhileCut: $within[0], minority: $east}')
  say "  desired = observed everywhere $(jq .healedMillis <<<"${found[control]}") ms after it was mended; over the wire without a switch: $(jq -c .direct <<<"${found[control]}"); in the minority while cut: $(jq -c .minorityWhileCut <<<"${found[control]}")"
}

# --- all nodes at once, in any order, one without its disk ------------------------------------------------------------
# all_killed WHAT NODE…: in this order; "-" waits until the switch is back, "!NODE" comes back without its disk
all_killed() {
  local what=$1 n ping began back all; shift
  pinging web 10.2.0.3 "$what"; ping=$last
  sleep 0.5
  say "kill -9 of all nodes; back come: $*"
  slay "${node_pid[east]}" "${node_pid[west]}" "${node_pid[west2]}"
  began=$(millis) back=
  for n in "$@"; do
    case $n in
      -) await 180 "the switch" all_reach_all; back=$(($(millis) - began)) ;;
      !*) rm -rf "$work/node-${n#!}"; start_node "${n#!}" "node-${n#!}-$what.log" ;;
      *) start_node "$n" "node-$n-$what.log" ;;
    esac
  done
  [ -n "$back" ] || { await 180 "the switch" all_reach_all; back=$(($(millis) - began)); }
  await 180 "desired = observed" whole
  all=$(($(millis) - began))
  found[$what]=$(jq -n --argjson pings "$(stopped "$ping" "$what")" --argjson back "$back" --argjson all "$all" --arg order "$*" '
    {order: $order, switchBackMillis: $back, wholeMillis: $all, direct: $pings}')
  say "  the switch passed frames after $back ms, desired = observed after $all ms; over the wire without a switch: $(jq -c .direct <<<"${found[$what]}")"
}

# --- in the middle of a move ---------------------------------------------------------------------------------------------
# killed_moving NODE TO DELAY: NODE is killed so long after a move to TO was asked for
killed_moving() {
  local victim=$1 to=$2 delay=$3 what="moving-$1-$2-$3" move began ping
  pinging web "${address[db]}" "$what"; ping=$last
  rest west-2 7482 "components/lan/migrate?to=$to" -X POST --max-time 60 >"$OUT/migrate-$what.json" 2>&1 & move=$!; pids+=("$move")
  sleep "$delay"
  slay "${node_pid[$victim]}"
  began=$(millis)
  wait "$move" || true
  start_node "$victim" "node-$victim-$what.log"
  await 180 "everybody to reach everybody" all_reach_all
  await 180 "desired = observed" whole
  found[$what]=$(jq -n --argjson pings "$(stopped "$ping" "$what")" --argjson all $(($(millis) - began)) '{wholeMillis: $all, pings: $pings}')
  say "node $victim was killed $delay s into a move to $to: $(jq -c . <<<"${found[$what]}"), the switch is on $(count .node)"
}

# --- a connector that is killed while it is asked ---------------------------------------------------------------------------
# half WIRE a|b GENERATION [curl's arguments]: connects one side of a wire between web-direct and db-direct
half() {
  local id=$1 side=$2 generation=$3 h=east-1 far=west-1 endpoint=web-direct; shift 3
  [ "$side" = a ] || { h=west-1 far=east-1 endpoint=db-direct; }
  rest $h 7472 "wires/$id/sides/$side" -X PUT -H 'Content-Type: application/json' "$@" -d "$(jq -nc --arg g "$generation" --arg e $endpoint --arg far "$far" --arg at "${at[$far]}" '
    {generation: $g, endpoint: $e, peer: {identity: "demo/\($far)", generation: $g, paths: ["\($at):7471"]}}')"
}
# struck DELAY LOG COMMAND…: connector west-1 is killed so long after the command began, and started again; whether that was answered
struck() {
  local delay=$1 log=$2 asked status=0; shift 2
  "$@" >"$OUT/$log.log" 2>&1 & asked=$!
  sleep "$delay"
  slay "${connector_pid[west-1]}"
  wait "$asked" || status=$?
  start_connector west-1 "connector-west-1-$log.log"
  await 60 "connector west-1" rest west-1 7472 health
  return $status
}
is_fenced() { rest west-1 7472 "wires/$1/sides/b" | jq -e --arg g "$2" --argjson c "$3" '.generation == $g and .connected == $c' >/dev/null; }
# A wire's first connect, its replacement in place, and its end: each struck, at each of these moments. What was answered is so
# afterwards; what was not is done, or not, and asked for again; and a copy that comes late brings nothing back.
connector_killed_asked() {
  local delay id g answered=0 n=0
  [ $# -gt 0 ] || set -- 0.01 0.02 0.03 0.05 0.08 0.15
  ask east-1 disconnect web-direct@east-1 >"$OUT/disconnect.log" 2>&1 || die "wire disconnect: $(cat "$OUT/disconnect.log")"
  for delay in "$@"; do
    n=$((n + 1))
    id=$(cat /proc/sys/kernel/random/uuid)
    for g in 1 2; do
      half "$id" a $g >"$OUT/connect-$n-$g-a.log" 2>&1 || die "connect: $(cat "$OUT/connect-$n-$g-a.log")"
      if struck "$delay" "connect-$n-$g-b" half "$id" b $g; then
        answered=$((answered + 1))
        is_fenced "$id" $g true || die "connect was answered, and is not there any more: $(rest west-1 7472 "wires/$id/sides/b")"
      fi
      half "$id" b $g >"$OUT/connect-$n-$g-again.log" 2>&1 || die "connect again: $(cat "$OUT/connect-$n-$g-again.log")"
      await 60 "a ping over the wire that was being connected" ns web ping -c 1 -W 1 10.2.0.3
    done
    if struck "$delay" "disconnect-$n" rest west-1 7472 "wires/$id/sides/b?generation=2" -X DELETE; then
      answered=$((answered + 1))
      is_fenced "$id" 2 false || die "disconnect was answered, and it is there again: $(rest west-1 7472 "wires/$id/sides/b")"
    fi
    rest west-1 7472 "wires/$id/sides/b?generation=2" -X DELETE || die "disconnect again"
    for g in 1 2; do
      [ "$(half "$id" b $g -o /dev/null -w '%{http_code}' 2>/dev/null)" = 409 ] || die "a late copy of connect was not refused"
    done
    rest east-1 7472 "wires/$id/sides/a?generation=2" -X DELETE || die "disconnect of the other side"
  done
  await 180 "desired = observed" whole
  say "connector west-1 was killed in $n first connects, $n replacements and $n disconnects, $answered of which it had answered: as it was asked for, each time"
}

# --- a node's folder is damaged -----------------------------------------------------------------------------------------------
files_in() { (cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2); }
# folder_damaged WHAT COMMAND…: the command damages the folder of node west2, which stays away until it has its folder back
folder_damaged() {
  local what=$1 folder=$work/node-west2 status=0; shift
  rm -rf "$folder"; cp -a "$folder.good" "$folder"
  "$@" "$folder/log" || die "cannot damage $folder"
  files_in "$folder" >"$work/damaged"
  start_node west2 "node-west2-$what.log"
  ended() { ! kill -0 "${node_pid[west2]}"; }
  await 60 "the end of a node whose folder is damaged ($what)" ended
  wait "${node_pid[west2]}" || status=$?
  [ $status != 0 ] && grep -q 'cannot open the log in' "$OUT/node-west2-$what.log" && grep -q CORRUPT "$OUT/node-west2-$what.log" \
    || die "a node whose folder is damaged ($what) ends with status $status and says: $(tail -n 5 "$OUT/node-west2-$what.log")"
  files_in "$folder" | cmp - "$work/damaged" || die "a node changed its damaged folder ($what)"
}
segment() { find "$1" -name 'log_*' -size +0 | sort -V | tail -1; }
used() { cmp -l "$1" /dev/zero 2>/dev/null | tail -1 | awk '{print $1}'; }
truncated() { local f; f=$(segment "$1"); truncate -s $(($(used "$f") / 2)) "$f"; }
garbled() { local f; f=$(segment "$1"); printf 'garbage in the middle of it' | dd of="$f" bs=1 seek=$(($(used "$f") / 2)) conv=notrunc status=none; }
entries_lost() { find "$1" \( -name 'log_*' -o -name 'snapshot.*' \) -delete; }
disk_unnamed() { echo '{' >"$1/voter.json"; }
unreadable() { local f; f=$(segment "$1"); rm "$f"; mkdir "$f"; }
node_folder_damaged() {
  slay "${node_pid[west2]}"
  cp -a "$work/node-west2" "$work/node-west2.good"
  folder_damaged truncated truncated
  folder_damaged garbled garbled
  folder_damaged entries-lost entries_lost
  folder_damaged unnamed disk_unnamed
  folder_damaged unreadable unreadable
  # What the message says to do.
  rm -rf "$work/node-west2" "$work/node-west2.good"
  start_node west2 node-west2-anew.log
  await 180 "desired = observed" whole
  say "node west2 refused its folder damaged in five ways, left it as it was, and came back with an empty one"
}

# --- a wire of the fabric is disconnected by hand -----------------------------------------------------------------------------
disconnected_by_hand() {
  local began
  began=$(millis)
  ask east-1 disconnect web@east-1 >"$OUT/disconnect-web.log" 2>&1 || die "wire disconnect: $(cat "$OUT/disconnect-web.log")"
  await 60 "the fabric to take back what somebody disconnected" reaches web client
  await 180 "desired = observed" whole
  say "a wire that was disconnected by hand was back, under a higher generation, after $(($(millis) - began)) ms"
}

longer() {
  local delay there
  cut_the_control_plane
  disconnected_by_hand
  node_folder_damaged
  all_killed killed-all-2 west2 west east
  all_killed killed-all-3 '!east' west west2
  all_killed killed-all-4 west - east west2
  connector_killed_asked
  # A move takes half a second: its target is killed, and who gives it away.
  for delay in 0.02 0.1 0.2 0.3 0.45 0.6 1; do
    decides east && there=west || there=east
    killed_moving "$there" "$there" "$delay"
    decides east && there=west || there=east
    killed_moving "$([ $there = west ] && echo east || echo west)" "$there" "$delay"
  done
}

faults() {
  [ "$FAULTS" = 1 ] || {
    direct_wire
    local only
    for only in $FAULTS; do "$only"; done
    return
  }
  kill_the_holder
  cut_the_clouds
  all_killed killed-all east west - '!west2'
  [ "${LONG:-}" != 1 ] || longer

  local name
  for name in "${!found[@]}"; do jq -n --arg name "$name" --argjson value "${found[$name]}" '{($name): $value}'; done | jq -s add >"$OUT/faults.json"
  jq -r '"takeover   pings stood still for \(.takeover.gapMillis) ms, \(.takeover.addresses) of \(.takeover.learned) addresses kept, \(.takeover.flooded) frames flooded",
         "return     \(.return.sent) pings, \(.return.lost) lost, \(.return.duplicated) duplicated; the switch stayed on \(.return.node)",
         "cut        \(.cut.seconds) s: the minority refused after \(.cut.refusedMillis) ms and lost \(.cut.minorityWhileCut.lost) of \(.cut.minorityWhileCut.answered) pings within; whole \(.cut.healedMillis) ms after it",
         "all killed wires without a switch lost \(.["killed-all"].direct.lost) of \(.["killed-all"].direct.sent) pings; the switch was back after \(.["killed-all"].switchBackMillis) ms"' "$OUT/faults.json"
  jq -e '.takeover.gapMillis < 5000 and .takeover.addresses == .takeover.learned and .takeover.flooded == 0 and .return.sent > 0
         and .return.lost == 0 and .return.duplicated == 0 and .return.generation == .return.before
         and .cut.refusedMillis < 20000 and .cut.minorityWhileCut.lost == 0 and .cut.minorityWhileCut.answered > 0 and .cut.minority.duplicated == 0 and .cut.majority.duplicated == 0
         and (.control == null or (.control.direct.lost + .control.direct.duplicated + .control.minorityWhileCut.lost == 0 and .control.direct.sent > 0))
         and ([to_entries[] | select(.key | startswith("killed-all")) | .value.direct | .lost + .duplicated] | add) == 0
         and ([to_entries[] | select(.key | startswith("moving")) | .value.pings.duplicated] | add // 0) == 0' "$OUT/faults.json" >/dev/null \
    || die "what happened is not as it should be: see above and $OUT/faults.json"
}
