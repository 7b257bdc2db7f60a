#!/usr/bin/env bash
# All tests; arguments go to Maven. Builds first, then tests what was built: the modules' tests in one lane; the examples, the
# packaging and then the tests of the command and of the architecture in another; the model on whatever processor time these leave.
# Ends with what Maven's test runners say.
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
# With room to compile all modules in, a tenth of the time is not spent on collecting what is left over.
MAVEN_OPTS="-Xms1g -Xmn700m ${MAVEN_OPTS:-}" mvn -B -ntp -T 2 verify -DskipTests -DskipITs "$@"

# The build above looked at formats and dependencies. Tests start their daemons from what it has packed, as bin/wire does.
packed=("$PWD"/wire-cli/target/dist/wire-cli-*.jar)
tests=(mvn -B -ntp --fail-at-end verify -Dspotless.check.skip -Denforcer.skip -Dwire.packed="${packed[0]}")
none=(-Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false)
commands() {
  exec "${tests[@]}" -pl wire-cli,architecture-tests -am "${none[@]}" \
    -Dtest='io/virtualwire/cli/**/*Test,io/virtualwire/architecture/*Test' -Dit.test='io/virtualwire/cli/**/*IT' "$@" \
    >"$out/commands.log" 2>&1
}
examples() {
  if [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ]; then
    # Nothing may be built under running daemons, and nothing needs to be.
    WIRE_NO_BUILD=1 exec bash examples/check.sh
  fi
  echo "examples left out: they need root and /dev/net/tun"
  [ "${CI:-}" != true ]
}
second() {
  local bad=0 child
  # part COMMAND…: in the background, so that whoever ends the lane ends it as well
  part() { "$@" & child=$!; wait $child; }
  trap 'kill $child 2>/dev/null; wait; exit 143' TERM
  part bin/wire --build || bad=1
  part examples || bad=1
  part commands "$@" || { bad=1; cat "$out/commands.log"; }
  return $bad
}
second "$@" >"$out/examples.log" 2>&1 &
examples=$!
lanes+=("$examples")

step "mvn verify"
"${tests[@]}" -pl '!wire-cli,!architecture-tests,!benchmarks' "$@" || status=1

finished "$model" "the model" "$out/model.log" || status=1
finished "$examples" "the examples, the packaging and the commands" "$out/examples.log" || status=1
trap - EXIT

step "all tests"
config/test-summary.sh || status=1
if [ "$status" != 0 ]; then
  echo "make test: FAILED, see above" >&2
fi
exit "$status"
