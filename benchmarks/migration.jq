# What migration.sh writes: the readings, and of each system on each line the median, the worst and what was lost.
def median: sort | if length == 0 then null else (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2 * 100 | round / 100 end;
def summed: {median: median, worst: max};
def steps: ["toStop", "stopped", "resumeToRarp", "rarpToActive", "activeToSaid", "saidToFlip", "flipToOld", "oldToFrame", "frameToAnswer",
  "answerToOutside", "rarpToFlip", "rarpToFrame", "networkOwn"] | map(. + "Millis");
{date: $date, commit: $commit, jdk: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor, qemu: $qemu, libvirt: $libvirt,
 guest: "192 MiB, QEMU without KVM, pinged every 10 ms", rounds: $rounds,
 wan: {delayMillis: $delay, mbitPerSecond: $mbit, lossPercent: $loss, seed: $seed},
 summary: [$readings | group_by(.line, .system)[] | {
   line: .[0].line, system: .[0].system, moves: length,
   networkMillis: (map(.networkMillis | select(. != null)) | summed), gapMillis: (map(.gapMillis) | summed),
   pauseMillis: (map(.pauseMillis | select(. != null)) | summed),
   rarpToFarEndMillis: (map(.rarpToFarEndMillis | select(. != null)) | summed),
   rarpToAnswerMillis: (map(.rarpToAnswerMillis | select(. != null)) | summed),
   firstFrameMillis: (map(.firstFrameMillis | select(. != null)) | summed),
   heardMillis: (map(.heardMillis | select(. != null)) | summed),
   steps: (. as $moves | [steps[] as $step | {($step): ($moves | map(.[$step] | select(. != null)) | summed)}] | add),
   lost: {median: (map(.lost) | median), all: (map(.lost) | add)}, duplicated: (map(.duplicated) | add),
   activatedBy: (map(.activatedBy | select(. != null)) | group_by(.) | map({(.[0]): length}) | add)}],
 readings: $readings}
