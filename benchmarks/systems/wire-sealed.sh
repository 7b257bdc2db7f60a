# The same wire sealed (AES-256-GCM), which is our default. Guest MTU 1500.
sealed=true
version() { "$wire" --version | awk 'NR == 1 {print $2}'; }
start() { connector "$1" "$2"; }
finish() { # NET
  in_ns a "$wire" connect sealed@host-a sealed@host-b >/dev/null
  address a sealed "$1.1" 1500; address b sealed "$1.2" 1500
}
