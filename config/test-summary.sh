#!/usr/bin/env bash
# Adds up the surefire and failsafe reports below the current folder, by kind, and what was fuzzed; names what failed; exit 1 then.
set -euo pipefail
find . -path '*/target/fuzz/*.txt' -print0 | xargs -0 -r cat | awk '
  { cases += $1; seconds += $7 }
  END { if (NR) printf "fuzz       %6d cases %7.1f s of one core, %d parsers\n", cases, seconds, NR }'
result=0
find . -path '*/target/*-reports/TEST-*.xml' -print0 | xargs -0 -r grep -Hom1 '<testsuite [^>]*>' | awk '
  function value(name,   at) { at = match($0, " " name "=\"[^\"]*\""); return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
  { name = value("name"); sub(/\$.*/, "", name)
    kind = name ~ /NetnsTest$/ ? "netns" : name ~ /ContractTest$/ ? "contract" : name ~ /IT$/ ? "processes" : "unit"
    tests[kind] += value("tests"); seconds[kind] += value("time")
    bad += value("failures") + value("errors"); skipped += value("skipped"); all += value("tests") }
  END {
    for (kind in tests) printf "%-10s %6d tests %8.1f s\n", kind, tests[kind], seconds[kind]
    printf "%d passed, %d failed, %d skipped\n", all - bad - skipped, bad, skipped
    exit bad > 0 || all == 0 }' || result=1
# Each failure with the first line of its reason, last of all: whoever sees only the end of a log sees these.
find . -path '*/target/*-reports/TEST-*.xml' -print0 | xargs -0 -r awk '
  function value(line, name,   at) { at = match(line, " " name "=\"[^\"]*"); return at ? substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
  /<testcase / { test = value($0, "classname") "." value($0, "name") }
  /<(failure|error)[ >]/ {
    reason = value($0, "message")
    gsub(/&#10;/, " ", reason); gsub(/&lt;/, "<", reason); gsub(/&gt;/, ">", reason); gsub(/&quot;/, "\"", reason); gsub(/&apos;/, "\047", reason); gsub(/&amp;/, "\\&", reason)
    printf "FAILED  %s: %.300s\n", test, reason == "" ? value($0, "type") : reason }' | LC_ALL=C sort
exit $result
