# What scale.sh measured as a drawing (SVG): each figure over the number of wires, both in logarithms.
def log10of: (. | log) / (10 | log);
.rows as $rows
| [{name: "connect, median (ms)", colour: "#1b6ca8", points: [$rows[] | [.wires, .connectMillisP50]]},
   {name: "connect, 99th percentile (ms)", colour: "#7fb2d9", points: [$rows[] | [.wires, .connectMillisP99]]},
   {name: "make an endpoint, median (ms)", colour: "#4a8f3c", points: [$rows[] | [.wires, .endpointMillisP50]]},
   {name: "restart until ready (ms)", colour: "#c0392b", points: [$rows[] | [.wires, .restart.readyMillis]]},
   {name: "restart until all agreed (ms)", colour: "#e08e79", points: [$rows[] | [.wires, .restart.agreedAgainMillis]]},
   {name: "list all (ms)", colour: "#8e6bb0", points: [$rows[] | [.wires, .listMillis]]},
   {name: "resident memory (MB)", colour: "#333333", points: [$rows[] | [.wires, .memory.residentMegabytes]]}] as $lines
| ([$rows[].wires] | [min, max] | map(log10of)) as $x
| ([$lines[].points[][1] | select(. > 0)] | [(min | log10of | floor), (max | log10of | ceil)]) as $y
| def px: (. | log10of) as $v | (60 + ($v - $x[0]) / (if $x[1] > $x[0] then $x[1] - $x[0] else 1 end) * 420) * 10 | round / 10;
  def py: (. | log10of) as $v | (330 - ($v - $y[0]) / ($y[1] - $y[0]) * 300) * 10 | round / 10;
  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"380\" font-family=\"sans-serif\" font-size=\"12\">",
  "<rect width=\"760\" height=\"380\" fill=\"white\"/>",
  (range($y[0]; $y[1] + 1) as $p | ($p * (10 | log) | exp | . * 1000000 | round / 1000000) as $v
   | "<line x1=\"60\" x2=\"480\" y1=\"\($v | py)\" y2=\"\($v | py)\" stroke=\"#ddd\"/><text x=\"54\" y=\"\(($v | py) + 4)\" text-anchor=\"end\">\($v)</text>"),
  ($rows[] | "<line x1=\"\(.wires | px)\" x2=\"\(.wires | px)\" y1=\"30\" y2=\"330\" stroke=\"#eee\"/><text x=\"\(.wires | px)\" y=\"348\" text-anchor=\"middle\">\(.wires)</text>"),
  "<text x=\"270\" y=\"370\" text-anchor=\"middle\">wires</text>",
  ($lines | to_entries[] | .key as $i | .value
   | [.points[] | select(.[1] > 0) | "\(.[0] | px),\(.[1] | py)"] as $points
   | "<polyline fill=\"none\" stroke=\"\(.colour)\" stroke-width=\"2\" points=\"\($points | join(" "))\"/>",
     "<text x=\"495\" y=\"\(50 + $i * 20)\" fill=\"\(.colour)\">\(.name)</text>"),
  "</svg>"
