#!/usr/bin/env bash
# Adds up the surefire and failsafe reports below the current folder, by kind, and what was fuzzed; exit 1 when something failed.
set -euo pipefail
find . -path '*/target/fuzz/*.txt' -print0 | xargs -0 -r cat | awk '
  { cases += $1; seconds += $7 }
  END { if (NR) printf "fuzz       %6d cases %7.1f s of one core, %d parsers\n", cases, seconds, NR }'
find . -path '*/target/*-reports/TEST-*.xml' -print0 | xargs -0 -r grep -Hom1 '<testsuite [^>]*>' | awk '
  function value(name,   at) { at = match($0, " " name "=\"[^\"]*\""); return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
  { name = value("name"); sub(/\$.*/, "", name)
    kind = name ~ /NetnsTest$/ ? "netns" : name ~ /ContractTest$/ ? "contract" : name ~ /IT$/ ? "processes" : "unit"
    tests[kind] += value("tests"); seconds[kind] += value("time")
    bad += value("failures") + value("errors"); skipped += value("skipped"); all += value("tests") }
  END {
    for (kind in tests) printf "%-10s %6d tests %8.1f s\n", kind, tests[kind], seconds[kind]
    printf "%d passed, %d failed, %d skipped\n", all - bad - skipped, bad, skipped
    exit bad > 0 || all == 0 }'
