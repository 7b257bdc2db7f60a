# shellcheck shell=bash
# How moves of a guest are watched by a host outside, which pings it every 10 ms and holds a TCP connection to it; sourced by fabric.sh
# and by examples/05-ec2. Before that: $guest, the guest's address; $OUT, where logs go; say, die; and what only the caller knows:
#   ns out COMMAND…           runs a command on the host outside
#   start out LOG COMMAND…    the same in the background; $last is its pid
#   connector_log HOST        prints what the connector of that host has said
# await SECONDS WHAT COMMAND…
await() {
  local limit=$((SECONDS + $1)) what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || die "$what did not happen in time"
    sleep 0.1
  done
}
ended() { local pid; for pid in "$@"; do kill "$pid" 2>/dev/null || true; done; for pid in "$@"; do wait "$pid" 2>/dev/null || true; done; }

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
unsure() { connector_log "$1" | tail -n +$(($2 + 1)) | awk 'match($0, / Recalled\[.*unsure=[0-9]+/) {s = substr($0, RSTART, RLENGTH); sub(/.*unsure=/, "", s); n += s} END {print n + 0}'; }
# watched NAME COMMAND…: runs it while the guest is pinged every 10 ms, a second longer on each side; leaves NAME.pings.json.
watched() {
  local stage=$1 status=0 ping; shift
  start out "$stage.ping.log" ping -D -i 0.01 $guest; ping=$last
  await 30 "a ping" grep -q icmp_seq "$OUT/$stage.ping.log"
  sleep 1
  "$@" || status=$?
  sleep 1
  kill -QUIT "$ping"
  sleep 1
  kill -INT "$ping"; wait "$ping" || true
  pings_of "$OUT/$stage.ping.log" >"$OUT/$stage.pings.json"
  return $status
}

results=()
# moved NAME FROM TO MODE COMMAND…: a move, watched; the command leaves NAME.json, as 'wire migrate -o json' prints it
moved() {
  local stage=$1 from=$2 to=$3 mode=$4 lines told survived=false same=false; shift 4
  lines=$(wc -l <"$OUT/tcp.log") told=$(connector_log "$from" | wc -l)
  watched "$stage" "$@" || die "$stage: $(tail -n 3 "$OUT/$stage.log" 2>/dev/null)"
  ! connection_lives $((lines + 20)) || survived=true
  [ "$(identity)" != "$before" ] || same=true
  jq -n --slurpfile pings "$OUT/$stage.pings.json" --slurpfile move "$OUT/$stage.json" --arg from "$from" --arg to "$to" --arg mode "$mode" \
    --argjson survived $survived --argjson same $same --argjson unsure "$(unsure "$from" "$told")" '
    def rounded: if . == null then null else (. * 10 | round) / 10 end;
    $pings[0] as $p | $move[0] as $m |
    {vm: "web1", from: $from, to: $to, mode: $mode,
     hypervisorDowntimeMillis: $m.hypervisorDowntimeMillis, networkGapMillis: $p.gapMillis,
     networkShareMillis: (if $m.hypervisorDowntimeMillis == null then null else $p.gapMillis - $m.hypervisorDowntimeMillis | rounded end),
     pings: $p.sent, pingsLost: $p.lost, pingsMissing: $p.missing, pingsAnsweredBefore: $p.gapAfter, framesUnsure: $unsure,
     pingsDuplicated: $p.duplicated, tcpSurvived: $survived, bootIdUnchanged: $same,
     activatedBy: $m.activatedBy, activationToHeardMillis: $m.activationToHeardMillis,
     activationToFirstFrameMillis: $m.activationToFirstFrameMillis,
     phases: $m.phases, totalMillis: $m.totalMillis}' >"$OUT/$stage.result.json"
  results+=("$OUT/$stage.result.json")
  say "  $(jq -r '"there after \(.phases.drain) ms; did not run for \(.hypervisorDowntimeMillis) ms, silent for \(.networkGapMillis) ms; \(.pingsLost) of \(.pings) pings lost, \(.pingsDuplicated) doubled; by \(.activatedBy)"' "$OUT/$stage.result.json")"
}
