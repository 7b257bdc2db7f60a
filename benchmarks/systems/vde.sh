# VDE: a plug between a TAP and a UDP cable, nothing else in between.
sealed=false
packages="vde_plug:vdeplug"
version() { dpkg-query -W -f '${Version}' vdeplug; }
start() { # SIDE ME OTHER NET
  spawn "$1" vde_plug tap://vde0 "udp://192.0.2.$2:10001->192.0.2.$3:10001"
  address "$1" vde0 "$4.$2" 1450
}
