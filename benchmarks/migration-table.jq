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
  if .median == null then " |" else " \(.median) (\(.worst)) |" end] | add))
