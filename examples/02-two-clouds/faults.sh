# shellcheck shell=bash
# What FAULTS=1 does to the network of run.sh, which sources this; everything is measured, and written to $OUT/faults.json.
#
#   CUT=S      cut the clouds from each other for S seconds (default 8; 60 with LONG=1)
#   LONG=1     more orders, more moments, the whole minute

CUT=${CUT:-$([ "${LONG:-}" = 1 ] && echo 60 || echo 8)}
declare -A found=()

ask()   { local n=$1; shift; ns "$n" "$wire" "$@"; }
lan()   { ask "${1:-west-2}" switch show lan --node "${at[${1:-west-2}]}:7482" -o json; }
count() { lan | jq "$1"; }
decides() { # NODE [HOST that is asked]
  [ "$(lan "${2:-west-2}" | jq -r '.node + " " + .state')" = "$1 deciding" ]
}
# Kills, and forgets: the number may soon be somebody else's.
slay() {
  local pid left=()
  kill -9 "$@"
  for pid in "$@"; do wait "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do case " $* " in *" $pid "*) ;; *) left+=("$pid") ;; esac; done
  pids=("${left[@]}")
}
pinging() { start "$1" "ping-$3.log" ping -D -i 0.01 "$2"; }
stopped() { kill -INT "$1"; wait "$1" || true; summed_up "$OUT/ping-$2.log"; }
millis() { echo $(($(date +%s%N) / 1000000)); }
reaches() { ns "$1" ping -c 1 -W 1 "${address[$2]}"; }
all_reach_all() {
  local g h
  for g in web client db app; do for h in web client db app; do [ $g = $h ] || reaches $g $h || return 1; done; done
}

# Desired = observed: every node says the same, one of them decides, and every host holds its sides and no other, under its generation.
whole() {
  local h
  for h in east-1 west-1 west-2; do
    ask $h export --node "${at[$h]}:7482" >"$work/export-$h" || return 1
    lan $h | jq -c '[.node, .generation, .state]' >"$work/lan-$h" || return 1
    cmp -s "$work/export-$h" "$work/export-east-1" && cmp -s "$work/lan-$h" "$work/lan-east-1" || return 1
  done
  [ "$(jq -r '.[2]' "$work/lan-east-1")" = deciding ] || return 1
  ask east-1 switch ls --node "${at[east-1]}:7482" -o json | jq -e '.present | length == 3' || return 1
  ask east-1 ls -o json >"$work/sides.json" || return 1
  jq -e --arg g "$(jq -r '"\(.[1]):\(.[0])"' "$work/lan-east-1")" '
    def lan: select(.status.endpoint | endswith("-direct") | not);
    ([.[] | lan] | length) == 4 and ([.[] | lan | select([.status.peers[] | select(.state == "active" and .agreed and .pathUp) | .generation] == [$g])] | length) == 4
  ' "$work/sides.json"
}

# --- when a node dies ---------------------------------------------------------------------------------------------
kill_the_holder() {
  local before
  say "kill -9 of node east, which runs the switch"
  before=$(count '.addresses | length')
  start web ping-kill.log ping -D -i 0.005 "${address[db]}"; local ping_pid=$last
  sleep 1
  slay "${node_pid[east]}"
  taken_over() { [ "$(count .node)" != '"east"' ] && [ "$(count .state)" = '"deciding"' ]; }
  await 180 "a takeover" taken_over
  sleep 1
  stopped "$ping_pid" kill >"$OUT/pings-kill.json"
  lan >"$OUT/taken-over.json"
  say "  pings stood still for $(jq .maxGapMillis "$OUT/pings-kill.json") ms; $(jq -r .node "$OUT/taken-over.json") has it, with $(jq '.addresses | length' "$OUT/taken-over.json") of $before addresses"

  say "node east comes back"
  start web ping-return.log ping -D -i 0.005 "${address[db]}"; ping_pid=$last
  start_node east node-east-again.log
  await 180 "node east's return" ns east-1 bash -c "'$wire' switch ls --node '${at[east-1]}:7482' -o json | jq -e '.present | length == 3'"
  sleep 3
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
  await 10 "a ping over a wire without a switch" ns web ping -c 1 -W 1 10.2.0.3
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
  sed 's/lan: { node: east }/&\n  east-only: { node: east }/' "$here/topology.yaml" >"$work/east-only.yaml"
  sed 's/lan: { node: east }/&\n  west-only: { node: west }/' "$here/topology.yaml" >"$work/west-only.yaml"
  status=0
  ask east-1 apply -f "$work/east-only.yaml" --node "${at[east-1]}:7482" >"$OUT/refused.log" 2>&1 || status=$?
  refused=$(($(millis) - cut))
  say "  the minority refused after $refused ms: $(tr '\n' ' ' <"$OUT/refused.log" | cut -c 1-200)"
  grep -q UNAVAILABLE "$OUT/refused.log" && [ "$status" = 1 ] || die "the minority did not refuse as it should: status $status, $(cat "$OUT/refused.log")"
  await 180 "a takeover in the west" bash -c "[ \"\$(ip netns exec $run-west-2 '$wire' switch show lan --node '${at[west-2]}:7482' -o json | jq -r .node)\" != east ]"
  ask west-2 apply -f "$work/west-only.yaml" --node "${at[west-2]}:7482" >"$OUT/accepted.log" 2>&1 || die "the majority did not accept: $(cat "$OUT/accepted.log")"
  await 180 "db to reach app" reaches db app
  accepted=$(($(millis) - cut))
  say "  the majority took the switch, accepted the change, and passes frames again after $accepted ms"
  while [ $(($(millis) - cut)) -lt $((CUT * 1000)) ]; do sleep 0.1; done
  kill -0 "$inner" || die "the pings in the east ended"
  ip -n "$run-east-gw" link set wan up
  ip -n "$run-east-gw" route replace 198.51.100.0/24 via 203.0.113.2
  cut=$(millis)
  await 180 "everybody to reach everybody" all_reach_all
  await 180 "desired = observed" whole
  healed=$(($(millis) - cut))
  ask east-1 export --node "${at[east-1]}:7482" | grep -q west-only || die "what the majority accepted is not what the minority has"
  ! ask east-1 export --node "${at[east-1]}:7482" | grep -q east-only || die "what the minority refused was done all the same"
  found[cut]=$(jq -n --argjson east "$(stopped "$inner" cut-east)" --argjson west "$(stopped "$wan" cut-west)" \
    --argjson seconds "$CUT" --argjson refused "$refused" --argjson accepted "$accepted" --argjson healed "$healed" '
    {seconds: $seconds, refusedMillis: $refused, majorityMillis: $accepted, healedMillis: $healed, minority: $east, majority: $west}')
  say "  desired = observed everywhere $healed ms after the cut was mended; pings in the minority: $(jq -c .minority <<<"${found[cut]}")"
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
  ask west-2 migrate lan --to "$to" --node "${at[west-2]}:7482" -o json >"$OUT/migrate-$what.json" 2>&1 & move=$!; pids+=("$move")
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

# A connector is killed while a wire is replaced in place, again and again; whatever was answered is there afterwards.
connector_killed_connecting() {
  local delay generation=10 asked status
  for delay in "$@"; do
    generation=$((generation + 1))
    ask east-1 connect web-direct@east-1 db-direct@west-1 --generation $generation >"$OUT/connect-$generation.log" 2>&1 & asked=$!; pids+=("$asked")
    sleep "$delay"
    slay "${connector_pid[west-1]}"
    start_connector west-1 "connector-west-1-$generation.log"
    status=0; wait "$asked" || status=$?
    await 180 "connector west-1" ask east-1 endpoint ls --host west-1
    [ $status = 0 ] || ask east-1 connect web-direct@east-1 db-direct@west-1 --generation $generation >>"$OUT/connect-$generation.log" 2>&1 || die "connect again: $(cat "$OUT/connect-$generation.log")"
    await 180 "a ping over the wire that was being replaced" ns web ping -c 1 -W 1 10.2.0.3
  done
  generation=$((generation + 1))
  ask east-1 disconnect web-direct@east-1 db-direct@west-1 >"$OUT/disconnect.log" 2>&1 & asked=$!; pids+=("$asked")
  sleep "$1"
  slay "${connector_pid[west-1]}"
  start_connector west-1 "connector-west-1-$generation.log"
  wait "$asked" || true
  await 180 "connector west-1" ask east-1 endpoint ls --host west-1
  ask east-1 disconnect web-direct@east-1 db-direct@west-1 >>"$OUT/disconnect.log" 2>&1 || die "disconnect again: $(cat "$OUT/disconnect.log")"
  ask east-1 ls -o json | jq -e '[.[] | select(.status.endpoint | endswith("-direct"))] | length == 0' >/dev/null || die "a disconnected wire is still there"
  await 180 "desired = observed" whole
  say "connector west-1 was killed $# times while a wire was replaced, once while it was disconnected: as it was asked for, each time"
}

faults() {
  kill_the_holder
  direct_wire
  cut_the_clouds
  all_killed killed-all east west - '!west2'
  [ "${LONG:-}" != 1 ] || {
    killed_moving west west 0.3
    all_killed killed-all-2 west2 west east
    all_killed killed-all-3 '!east' west west2
    local delay there
    for delay in 0 0.1 0.2 0.4 0.5 0.7 1; do
      decides east && there=west || there=east
      killed_moving "$there" "$there" "$delay"
      decides east && there=west || there=east
      killed_moving "$([ $there = west ] && echo east || echo west)" "$there" "$delay"
    done
  }
  [ "${LONG:-}" != 1 ] || connector_killed_connecting 0.4 0.5 0.6 0.7 0.8 0.9 1.0 1.1 1.2

  local name
  for name in "${!found[@]}"; do jq -n --arg name "$name" --argjson value "${found[$name]}" '{($name): $value}'; done | jq -s add >"$OUT/faults.json"
  jq -r '"takeover   pings stood still for \(.takeover.gapMillis) ms, \(.takeover.addresses) of \(.takeover.learned) addresses kept, \(.takeover.flooded) frames flooded",
         "return     \(.return.sent) pings, \(.return.lost) lost, \(.return.duplicated) duplicated; the switch stayed on \(.return.node)",
         "cut        \(.cut.seconds) s: the minority refused after \(.cut.refusedMillis) ms and lost \(.cut.minority.lost) of \(.cut.minority.sent) pings within; whole \(.cut.healedMillis) ms after it",
         "all killed wires without a switch lost \(.["killed-all"].direct.lost) of \(.["killed-all"].direct.sent) pings; the switch was back after \(.["killed-all"].switchBackMillis) ms"' "$OUT/faults.json"
  jq -e '.takeover.gapMillis < 5000 and .takeover.addresses == .takeover.learned and .takeover.flooded == 0 and .return.sent > 0
         and .return.lost == 0 and .return.duplicated == 0 and .return.generation == .return.before
         and .cut.refusedMillis < 20000 and .cut.minority.duplicated == 0 and .cut.majority.duplicated == 0
         and ([to_entries[] | select(.key | startswith("killed-all")) | .value.direct | .lost + .duplicated] | add) == 0
         and ([to_entries[] | select(.key | startswith("moving")) | .value.pings.duplicated] | add // 0) == 0' "$OUT/faults.json" >/dev/null \
    || die "what happened is not as it should be: see above and $OUT/faults.json"
}
