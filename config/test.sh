#!/usr/bin/env bash
# All tests; arguments go to Maven. Builds first, then tests what was built: Maven's tests in one lane, the examples and the
# packaging in another, the model on whatever processor time these leave. Ends with what Maven's test runners say.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=config/jdk25.sh
. config/jdk25.sh
JAVA_HOME=$(find_jdk25)
export JAVA_HOME

began=$SECONDS
step() { printf '\n== %s  (%d s)\n' "$*" $((SECONDS - began)); }

find . \( -path '*/target/*-reports/TEST-*.xml' -o -path '*/target/fuzz/*.txt' \) -delete
out=$PWD/target/tests
mkdir -p "$out"
lanes=()
# A lane that is not waited for any more ends itself and what it started.
trap 'kill "${lanes[@]}" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# finished PID WHAT LOG: waits for a lane and shows what it said
finished() {
  local result=0
  wait "$1" || result=$?
  step "$2, $([ $result = 0 ] && echo passed || echo FAILED)"
  cat "$3"
  return $result
}
status=0

longer=()
case " $* " in *" -Dwire.long=true "*) longer=(--long) LONG=1; export LONG ;; esac
nice -n 19 bash docs/model/check.sh --jobs 1 "${longer[@]}" >"$out/model.log" 2>&1 &
model=$!
lanes+=("$model")

step "build"
mvn -B -ntp verify -DskipTests -DskipITs "$@"

examples=
if [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ]; then
  # Nothing may be built under running daemons, and nothing needs to be.
  (bin/wire --build && WIRE_NO_BUILD=1 exec bash examples/check.sh) >"$out/examples.log" 2>&1 &
  examples=$!
  lanes+=("$examples")
else
  echo "examples left out: they need root and /dev/net/tun"
  [ "${CI:-}" != true ] || status=1
fi

step "mvn verify"
# The build above looked at formats and dependencies.
mvn -B -ntp --fail-at-end verify -Dspotless.check.skip -Denforcer.skip "$@" || status=1

finished "$model" "the model" "$out/model.log" || status=1
[ -z "$examples" ] || finished "$examples" "the examples, and the packaging" "$out/examples.log" || status=1
trap - EXIT

step "all tests"
config/test-summary.sh || status=1
if [ "$status" != 0 ]; then
  echo "make test: FAILED, see above" >&2
fi
exit "$status"
