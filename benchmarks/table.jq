# The rows of a result for a person's eyes.
def pad($n): tostring | . + (" " * ([$n - length, 0] | max));
def lead($n): tostring | (" " * ([$n - length, 0] | max)) + .;
(["system", "sealed", "TCP Mb/s", "64 B/s", "RTT ms", "p99 ms", "CPU s/GB"] | "\(.[0] | pad(14)) \(.[1] | pad(7)) \(.[2] | lead(9)) \(.[3] | lead(8)) \(.[4] | lead(7)) \(.[5] | lead(7)) \(.[6] | lead(9))"),
(.systems[] | "\(.system | pad(14)) \(.sealed | pad(7)) \(.tcpMbps | lead(9)) \(.pps64 | lead(8)) \(.rttMillisAvg | lead(7)) \(.rttMillisP99 | lead(7)) \(.cpuSecondsPerGB | lead(9))"),
"",
(.ratios | to_entries[] | "\(.key | pad(28)) \(.value)")
