# The kernel's VXLAN as an operator would set it: the guest's MTU leaves room for the overhead, so nothing is fragmented.
sealed=false
version() { uname -r; }
start() { # SIDE ME OTHER NET
  ip -n "$run-$1" link add vx0 mtu 1450 type vxlan id 77 dstport 4789 remote "192.0.2.$3" local "192.0.2.$2" dev eth0
  ip -n "$run-$1" addr add "$4.$2/24" dev vx0
  ip -n "$run-$1" link set vx0 up
}
