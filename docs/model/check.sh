#!/usr/bin/env bash
# Checks the models (move.pml, resume.pml, asked.pml): runs that must pass, parts that must be reachable, seeded bugs that must be found.
# usage: check.sh [--long] [--jobs N] [NAME...]     --long adds the big runs; NAMEs choose runs
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
long=0 jobs=2 only=()
while [ $# -gt 0 ]; do
  case $1 in
    --long) long=1 ;;
    --jobs) jobs=$2; shift ;;
    -*) echo "usage: check.sh [--long] [--jobs N] [NAME...]" >&2; exit 2 ;;
    *) only+=("$1") ;;
  esac
  shift
done
for tool in spin gcc; do
  command -v $tool > /dev/null || { echo "check.sh: $tool is missing: apt-get install spin gcc" >&2; exit 2; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/virtualwire-model.XXXXXX")
trap 'rm -rf "$work"' EXIT

one="-DPORTS=1" three="-DPORTS=3"
faults="-DLOSSES=1 -DDUPS=1"
takeover="-DCRASHES=1 -DRESTART=1 -DCALLOFF=1 -DGENS=3"

# Each line: name | expected: pass, or reach or bug (an assertion must fail) | flags of move.pml | flags of the verifier
runs=$(cat <<EOF
move-in-order      | pass  | $one -DFRAMES=3 -DUPS=2 -DREORDER=0 -DLOSSES=1 |
move-any-order     | pass  | $one -DFRAMES=2 -DUPS=2 $faults |
move-late          | pass  | $one -DFRAMES=2 -DUPS=2 -DLOSSES=1 -DEXPIRE=1 |
move-crash         | pass  | $one -DFRAMES=2 -DUPS=1 $takeover |
move-crash-late    | pass  | $one -DFRAMES=1 -DUPS=1 $takeover $faults -DEXPIRE=1 |
move-suspect       | pass  | $one -DFRAMES=1 -DUPS=1 -DSUSPICIONS=1 -DUNREACHABLE=1 -DGENS=3 |
move-silent        | pass  | $one -DFRAMES=1 -DUPS=1 -DSILENT=1 $takeover |
move-and-back      | pass  | $one -DFRAMES=2 -DUPS=1 -DCHAIN=1 -DGENS=3 |
ports-frames       | pass  | $three -DFRAMES=2 |
ports-crash        | pass  | $three -DFRAMES=1 -DCRASHES=1 -DGENS=3 |
resume             | pass  | -DYIELDS=3 |
asked              | pass  | |
no-cycle           | pass  | $one -DFRAMES=1 -DUPS=1 $takeover -DEXPIRE=1 | NP
EOF
)
long_runs=$(cat <<EOF
long-any-order     | pass  | $one -DFRAMES=3 -DUPS=2 $faults |
long-crash         | pass  | $one -DFRAMES=2 -DUPS=1 $takeover $faults |
long-two-takeovers | pass  | $one -DFRAMES=1 -DUPS=1 -DCRASHES=1 -DRESTART=1 -DCALLOFF=1 -DSUSPICIONS=1 -DUNREACHABLE=1 -DGENS=4 |
long-and-back      | pass  | $one -DFRAMES=2 -DUPS=1 -DCHAIN=1 -DCRASHES=1 -DGENS=4 |
long-back-in-order | pass  | $one -DFRAMES=3 -DUPS=1 -DCHAIN=1 -DREORDER=0 -DGENS=3 |
long-ports-frames  | pass  | $three -DFRAMES=2 $faults |
long-ports-late    | pass  | $three -DFRAMES=1 $takeover -DEXPIRE=1 |
long-ports-suspect | pass  | $three -DFRAMES=1 -DSUSPICIONS=1 -DGENS=3 |
long-ports-silent  | pass  | $three -DFRAMES=1 -DSILENT=1 -DCALLOFF=1 $faults |
long-ports-faults  | pass  | $three -DFRAMES=1 $takeover $faults |
EOF
)
probes=$(cat <<EOF
reach-flip         | reach | $one -DREACH_FLIP |
reach-relay        | reach | $one -DFRAMES=2 -DREACH_RELAY |
reach-relay-twice  | reach | $one -DFRAMES=1 -DCHAIN=1 -DGENS=3 -DREACH_RELAY_TWICE |
reach-held-up      | reach | $one -DUPS=1 -DREACH_HELD_UP |
reach-held-down    | reach | $one -DFRAMES=2 -DREACH_HELD_DOWN |
reach-replay       | reach | $one -DFRAMES=1 -DDUPS=1 -DREACH_REPLAY |
reach-late-relay   | reach | $one -DFRAMES=2 -DEXPIRE=1 -DREACH_LATE_RELAY |
reach-takeover     | reach | $three -DFRAMES=1 -DCRASHES=1 -DGENS=3 -DREACH_TAKEOVER |
reach-stale        | reach | $one -DFRAMES=1 -DSUSPICIONS=1 -DGENS=3 -DREACH_STALE |
reach-calloff      | reach | $one -DFRAMES=0 -DCALLOFF=1 -DREACH_CALLOFF |
reach-restart      | reach | $one -DFRAMES=1 $takeover -DREACH_RESTARTED_FLIP |
reach-silent       | reach | $one -DFRAMES=1 -DSILENT=1 -DREACH_SILENT_FLIP |
reach-quiet        | reach | $three -DFRAMES=1 -DREACH_QUIET |
bug-no-marker      | bug   | $one -DFRAMES=2 -DBUG_NO_MARKER |
bug-no-hold        | bug   | $one -DUPS=1 -DBUG_NO_HOLD |
bug-close-on-end   | bug   | $one -DUPS=1 -DBUG_CLOSE_ON_END |
bug-no-relay       | bug   | $one -DFRAMES=1 -DBUG_NO_RELAY |
bug-no-yield       | bug   | $three -DFRAMES=1 -DBUG_NO_YIELD |
bug-no-fence       | bug   | $one -DFRAMES=1 -DSUSPICIONS=1 -DGENS=3 -DBUG_NO_FENCE -DNO_QUIET |
bug-no-window      | bug   | $one -DUPS=1 -DDUPS=1 -DBUG_NO_REPLAY_WINDOW |
bug-eager-relay    | bug   | $one -DFRAMES=2 -DCHAIN=1 -DGENS=3 -DREORDER=0 -DBUG_EAGER_RELAY |
bug-end-unmarked   | bug   | $one -DBUG_END_IS_SUPERSEDED |
bug-hello-once     | bug   | $one -DFRAMES=1 $takeover -DBUG_HELLO_ONCE |
bug-hello-gives-up | bug   | $one -DFRAMES=0 -DEXPIRE=1 -DBUG_HELLO_GIVES_UP |
bug-fence-forgot   | bug   | $one -DFRAMES=1 -DCRASHES=1 -DRESTART=1 -DSUSPICIONS=1 -DGENS=4 -DBUG_FENCE_FORGOTTEN |
resume-reach-flip  | reach | -DREACH_FLIP_AFTER_RESUME |
resume-end-kept    | bug   | -DBUG_END_NOT_VOIDED |
resume-unanswered  | bug   | -DBUG_YIELDS_UNANSWERED |
resume-no-number   | bug   | -DBUG_NO_NUMBER_OF_ITS_OWN |
resume-no-copy     | bug   | -DBUG_KEEPS_NO_COPY |
asked-same-again   | bug   | -DBUG_TAKES_THE_SAME_AGAIN |
asked-not-written  | bug   | -DBUG_NOT_WRITTEN |
asked-answers-first | bug  | -DBUG_ANSWERS_FIRST |
bug-skipped-closed | bug   | $one -DFRAMES=0 -DUPS=1 -DCHAIN=1 -DGENS=3 -DBUG_SKIPPED_CLOSED |
bug-calloff-at-new | bug   | $one -DFRAMES=1 -DBUG_CALLOFF_AT_NEW |
EOF
)
[ $long = 1 ] && runs="$runs"$'\n'"$long_runs"
runs="$runs"$'\n'"$probes"

# check NAME EXPECTED FLAGS KIND: writes one line and "ok" or "bad" to files of its own
check() {
  local name=$1 expected=$2 flags=$3 kind=$4 dir="$work/$1" model=move.pml optimise=-O0 defines="-DSAFETY -DCOLLAPSE -DMEMLIM=2400" run="-m100000 -n" verdict
  [[ $name == resume* ]] && model=resume.pml
  [[ $name == asked* ]] && model=asked.pml
  mkdir -p "$dir"; cd "$dir"
  # For what takes seconds, compiling better would take longer than it saves.
  [[ $name == long-* ]] && optimise=-O2 defines=${defines/2400/6000}
  [ "$kind" = NP ] && defines="-DNP -DCOLLAPSE -DMEMLIM=2400" run="$run -l"
  [[ $kind == BITSTATE* ]] && defines="-DSAFETY -DBITSTATE" run="$run -w${kind#BITSTATE} -k3"
  local began=$SECONDS
  # shellcheck disable=SC2086
  if spin -a $flags "$here/$model" > spin.out 2>&1 &&
     gcc $optimise -w -DNOREDUCE -DNOFAIR -DVECTORSZ=1024 $defines -o pan pan.c > gcc.out 2>&1; then
    nice ./pan $run > pan.out 2>&1 || true
  else
    cat spin.out gcc.out > pan.out 2> /dev/null || true
  fi
  local errors states depth memory seconds
  errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' pan.out | tail -1)
  depth=$(sed -n 's/.*depth reached \([0-9]*\),.*/\1/p' pan.out | tail -1)
  states=$(awk '/states, stored/ {print $1; exit}' pan.out)
  memory=$(awk '/total actual memory usage/ {print $1}' pan.out)
  seconds=$(sed -n 's/pan: elapsed time \([0-9.e+-]*\) seconds/\1/p' pan.out)
  verdict=bad
  if grep -qE 'max search depth too small|out of memory|memory limit|reached -DMEMLIM' pan.out; then verdict=bad
  elif [ "$expected" = pass ] && [ "$errors" = 0 ]; then verdict=ok
  elif [ "$expected" != pass ] && [ "${errors:-0}" -gt 0 ] && grep -q 'assertion violated' pan.out; then verdict=ok
  fi
  printf '%-4s %-19s %-26s %10s states  depth %4s  %6.0f MB  %6.1f s\n' "$verdict" "$name" \
    "$(case $expected:$verdict in
        pass:ok) echo "holds" ;; pass:bad) echo "VIOLATED or incomplete" ;;
        reach:ok) echo "reachable" ;; reach:bad) echo "NOT REACHABLE" ;;
        bug:ok) echo "seeded bug found" ;; bug:bad) echo "SEEDED BUG NOT FOUND" ;; esac)" \
    "${states:-?}" "${depth:-?}" "${memory:-0}" "${seconds:-$((SECONDS - began))}" > line
  if [ $verdict = bad ]; then
    grep -E 'assertion violated|non-progress|rror' pan.out | head -3 >> line || true
    echo "     see the trace: spin -t -p -g $flags $model, after ./pan wrote $model.trail" >> line
  fi
  cat line
  echo $verdict > verdict
  rm -f pan pan.? "$model.trail"
}

while IFS='|' read -r name expected flags kind; do
  name=${name// /} expected=${expected// /} kind=${kind// /}
  [ -n "$name" ] || continue
  if [ ${#only[@]} -gt 0 ] && [[ " ${only[*]} " != *" $name "* ]]; then continue; fi
  while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
  check "$name" "$expected" "$flags" "$kind" &
done <<< "$runs"
wait
passed=$(cat "$work"/*/verdict | grep -c ok || true)
failed=$(find "$work" -mindepth 1 -maxdepth 1 -type d | wc -l)
failed=$((failed - passed))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
