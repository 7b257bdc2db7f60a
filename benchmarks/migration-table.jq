# The table that docs/performance.md shows.
"| line | over | gap - pause ms (worst) | gap ms | pause ms | RARP to far end ms (worst) | activation to confirmation ms | to the guest's first frame ms | RARP to the guest's first answer ms | pings lost, doubled |",
"|---|---|---|---|---|---|---|---|---|---|",
(.summary[] | "| \(.line) | \(.system) | \(.networkMillis.median) (\(.networkMillis.worst)) | \(.gapMillis.median) | \(.pauseMillis.median) | \(.rarpToFarEndMillis.median) (\(.rarpToFarEndMillis.worst)) | \(.heardMillis.median // "") | \(.firstFrameMillis.median // "") | \(.rarpToAnswerMillis.median // "") | \(.lost.all), \(.duplicated) |"),
"",
"What the gap consists of, in ms, medians (worst):",
"",
"| line | over | last answer to QEMU's stop | stopped | resume to RARP | to active | to HELLO sent | to far end flipped | to old place told | to first frame | to the guest's answer | to outside | RARP to flip | RARP to frame | the network's own |",
"|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
(.summary[] | . as $s | "| \(.line) | \(.system) |" + ([("toStop", "stopped", "resumeToRarp", "rarpToActive", "activeToSaid", "saidToFlip", "flipToOld", "oldToFrame",
  "frameToAnswer", "answerToOutside", "rarpToFlip", "rarpToFrame", "networkOwn") + "Millis" | $s.steps[.] |
  if .median == null then " |" else " \(.median) (\(.worst)) |" end] | add)),
"",
(.summary | group_by(.line)[] | (map({(.system): .}) | add) as $by | .[0].line as $line |
  "\($line): " + ([
    ($by.wire.steps.rarpToFlipMillis | select(. and .median) | "RARP to the far end's flip over wires \(.median) ms (worst \(.worst), goal 5 in the median)"),
    ("gap - pause " + ([("wire", "vxlan") as $s | $by[$s] | select(.) | "over \($s) \(.networkMillis.median) ms"] | join(", ")) + " (goal 20)"),
    (if $by.wire and $by.vxlan then "wires beyond VXLAN by \(($by.wire.networkMillis.median - $by.vxlan.networkMillis.median) * 10 | round / 10) ms" else empty end),
    ([("wire", "vxlan") as $s | $by[$s] | select(. and .steps.networkOwnMillis.median) | "over \($s) \(.steps.networkOwnMillis.median) ms"] |
      select(. != []) | "the network's own " + join(", "))
  ] | join("; ")))
