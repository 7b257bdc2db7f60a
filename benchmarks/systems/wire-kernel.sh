# A wire that the kernel carries: guest veth, eBPF at tc, VXLAN device. Guest MTU 1450.
sealed=false
version() { "$wire" --version | awk 'NR == 1 {print $2}'; }
start() { # SIDE ME OTHER NET
  ip -n "$run-$1" link add gkw mtu 1450 type veth peer name pkw mtu 1450
  ip -n "$run-$1" link set pkw up
  ip -n "$run-$1" addr add "$4.$2/24" dev gkw
  ip -n "$run-$1" link set gkw up
  connector "$1" "$2"
  in_ns "$1" "$wire" endpoint add kw --tap pkw --existing --device-side --mtu 1450 --host "host-$1" >/dev/null
}
finish() { # NET
  in_ns a "$wire" connect kw@host-a kw@host-b --backend kernel >/dev/null
}
