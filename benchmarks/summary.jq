# What the readings of one run come to: medians, and the ratios that a claim can be held to.
def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def ratio($x; $y): if $x == null or $y == null or $y == 0 then null else ($x / $y * 1000 | round / 1000) end;
["tcpMbps", "pps64", "rttMillisAvg", "rttMillisP99", "cpuSecondsPerGB"] as $figures
| [$facts[] as $fact
   | [$readings[] | select(.system == $fact.system)] as $own
   | $fact + ($figures | map({key: ., value: (. as $f | $own | map(.[$f]) | median)}) | from_entries)] as $rows
| (reduce $rows[] as $row ({}; .[$row.system] = $row)) as $of
| ["wire-plain", "wire-sealed", "wire-switch", "wire-kernel", "underlay", "vxlan", "vxlan-bridge"] as $notPeers
| [$rows[] | select(.system as $s | $notPeers | index($s) | not)] as $peers
| {date: $date, commit: $commit, runtime: $jdk, kernel: $kernel, cpus: $cpus, processor: $processor,
   underlayMtu: 1500, rounds: $rounds, secondsEach: $seconds,
   systems: $rows,
   ratios: {
     plainTcpToVxlan: ratio($of["wire-plain"].tcpMbps; $of.vxlan.tcpMbps),
     plainPps64ToVxlan: ratio($of["wire-plain"].pps64; $of.vxlan.pps64),
     sealedTcpToVxlan: ratio($of["wire-sealed"].tcpMbps; $of.vxlan.tcpMbps),
     kernelTcpToVxlanBridge: ratio($of["wire-kernel"].tcpMbps; $of["vxlan-bridge"].tcpMbps),
     kernelPps64ToVxlanBridge: ratio($of["wire-kernel"].pps64; $of["vxlan-bridge"].pps64),
     kernelRttToVxlanBridge: ratio($of["wire-kernel"].rttMillisAvg; $of["vxlan-bridge"].rttMillisAvg),
     switchTcpToPlain: ratio($of["wire-switch"].tcpMbps; $of["wire-plain"].tcpMbps),
     plainTcpToBestPeer: ratio($of["wire-plain"].tcpMbps; [$peers[].tcpMbps] | max),
     plainPps64ToBestPeer: ratio($of["wire-plain"].pps64; [$peers[].pps64] | max),
     plainRttToVde: ratio($of["wire-plain"].rttMillisAvg; $of.vde.rttMillisAvg),
     sealedTcpToBestSealedPeer: ratio($of["wire-sealed"].tcpMbps; [$peers[] | select(.sealed) | .tcpMbps] | max),
     sealedPps64ToBestSealedPeer: ratio($of["wire-sealed"].pps64; [$peers[] | select(.sealed) | .pps64] | max)
   },
   profiles: $profiles,
   readings: $readings}
