# A wire of ours between two connectors, plain: authenticated by nothing but its path, as kernel VXLAN is. Guest MTU 1500.
sealed=false
version() { "$wire" --version | awk 'NR == 1 {print $2}'; }
start() { connector "$1" "$2"; }
finish() { # NET
  in_ns a "$wire" connect plain@host-a plain@host-b --plain >/dev/null
  address a plain "$1.1" 1500; address b plain "$1.2" 1500
}
