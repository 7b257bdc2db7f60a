# Two plain wires to a switch component on a third host: guest, wire, switch, wire, guest. Guest MTU 1500.
sealed=false
version() { "$wire" --version | awk 'NR == 1 {print $2}'; }
start() { connector "$1" "$2"; }
finish() { # NET
  local side me
  ip netns add "$run-c"; ip -n "$run-c" link set lo up
  ip -n "$run-c" addr add 198.51.100.1/32 dev lo
  for side in a b; do
    me=$([ $side = a ] && echo 1 || echo 2)
    ip link add eth8 netns "$run-$side" mtu 1500 type veth peer name "eth-$side" netns "$run-c" mtu 1500
    ip -n "$run-$side" addr add "203.0.113.$((me * 4 + 1))/30" dev eth8; ip -n "$run-$side" link set eth8 up
    ip -n "$run-c" addr add "203.0.113.$((me * 4 + 2))/30" dev "eth-$side"; ip -n "$run-c" link set "eth-$side" up
    ip -n "$run-$side" route add 198.51.100.1/32 via "203.0.113.$((me * 4 + 2))" src "192.0.2.$me"
    ip -n "$run-c" route add "192.0.2.$me/32" via "203.0.113.$((me * 4 + 1))" src 198.51.100.1
  done
  "$wire" identity issue node-bench --out "$work/node.wire" >/dev/null
  spawn c "$wire" node run --name bench --identity "$work/node.wire" --listen 198.51.100.1 --peers bench=198.51.100.1:7483 --state "$work/node"
  cat >"$work/topology.yaml" <<YAML
version: 1
hosts:
  host-a: { api: "192.0.2.1:7472" }
  host-b: { api: "192.0.2.2:7472" }
switches:
  lan: { node: bench }
wires:
  - { switch: lan, port: a, endpoint: swa@host-a, plain: true }
  - { switch: lan, port: b, endpoint: swb@host-b, plain: true }
YAML
  for side in a b; do in_ns $side "$wire" endpoint add "sw$side" --host "host-$side" >/dev/null; done
  until_true 60 in_ns a "$wire" apply -f "$work/topology.yaml" --node 198.51.100.1:7482 --wait 30
  address a swa "$1.1" 1500; address b swb "$1.2" 1500
}
