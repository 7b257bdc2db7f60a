# The table that docs/performance.md shows.
"| line | over | gap - pause ms (worst) | gap ms | pause ms | RARP to far end ms (worst) | activation to confirmation ms | to the guest's first frame ms | RARP to the guest's first answer ms | pings lost, doubled |",
"|---|---|---|---|---|---|---|---|---|---|",
(.summary[] | "| \(.line) | \(.system) | \(.networkMillis.median) (\(.networkMillis.worst)) | \(.gapMillis.median) | \(.pauseMillis.median) | \(.rarpToFarEndMillis.median) (\(.rarpToFarEndMillis.worst)) | \(.heardMillis.median // "") | \(.firstFrameMillis.median // "") | \(.rarpToAnswerMillis.median // "") | \(.lost.all), \(.duplicated) |")
