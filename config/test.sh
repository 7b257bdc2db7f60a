#!/usr/bin/env bash
# All tests, the quick failures first; arguments go to Maven. Ends with what Maven's test runners say.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=config/jdk25.sh
. config/jdk25.sh
JAVA_HOME=$(find_jdk25)
export JAVA_HOME

began=$SECONDS
step() { printf '\n== %s  (%d s)\n' "$*" $((SECONDS - began)); }

find . \( -path '*/target/*-reports/TEST-*.xml' -o -path '*/target/fuzz/*.txt' \) -delete
status=0

if [ -f docs/model/check.sh ]; then
  step "the model"
  longer=()
  case " $* " in *" -Dwire.long=true "*) longer=(--long) ;; esac
  bash docs/model/check.sh "${longer[@]}" || status=1
fi

step "mvn verify"
mvn -B -ntp --fail-at-end verify "$@" || status=1

if [ "$status" = 0 ] && [ -f examples/check.sh ]; then
  if [ "$(id -u)" = 0 ] && [ -c /dev/net/tun ]; then
    step "the examples, and the packaging"
    bin/wire --build
    bash examples/check.sh || status=1
  else
    echo "examples left out: they need root and /dev/net/tun"
    [ "${CI:-}" != true ] || status=1
  fi
fi

step "all tests"
config/test-summary.sh || status=1
if [ "$status" != 0 ]; then
  echo "make test: FAILED, see above" >&2
fi
exit "$status"
