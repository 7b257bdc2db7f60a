# The kernel's VXLAN as a guest with an interface of its own reaches it: guest veth, two-port bridge, VXLAN device.
sealed=false
version() { uname -r; }
start() { # SIDE ME OTHER NET
  ip -n "$run-$1" link add gvb mtu 1450 type veth peer name pvb mtu 1450
  ip -n "$run-$1" link add vb0 mtu 1450 type vxlan id 78 dstport 4788 remote "192.0.2.$3" local "192.0.2.$2" dev eth0
  ip -n "$run-$1" link add brvb type bridge
  in_ns "$1" sh -c 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do echo 0 >$f; done' 2>/dev/null || true
  for port in pvb vb0; do ip -n "$run-$1" link set $port master brvb; ip -n "$run-$1" link set $port up; done
  ip -n "$run-$1" link set brvb up
  ip -n "$run-$1" addr add "$4.$2/24" dev gvb
  ip -n "$run-$1" link set gvb up
}
