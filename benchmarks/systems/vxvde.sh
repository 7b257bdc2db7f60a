# vxvde: VDE's own local area cloud; peers find each other by multicast and then send to each other directly.
sealed=false
packages="vde_plug:vdeplug"
version() { dpkg-query -W -f '${Version}' vdeplug; }
start() { # SIDE ME OTHER NET
  ip -n "$run-$1" route add 239.0.0.0/8 dev eth0
  spawn "$1" vde_plug tap://vxv0 vxvde://239.0.0.1
  address "$1" vxv0 "$4.$2" 1450
}
