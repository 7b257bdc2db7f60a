# A wire that the kernel forwards: guest veth, eBPF at tc, VXLAN device. By the library, as connectors do not offer it yet.
sealed=false
version() { "$wire" --version | awk 'NR == 1 {print $2}'; }
# shellcheck source=../../config/jdk25.sh
. "$top/config/jdk25.sh"
start() { # SIDE ME OTHER NET
  local lib; lib=$(echo "$top"/wire-cli/target/dist/wire-cli-*.jar)
  ip -n "$run-$1" link add gkw mtu 1450 type veth peer name pkw mtu 1450
  ip -n "$run-$1" link set pkw up
  ip -n "$run-$1" addr add "$4.$2/24" dev gkw
  ip -n "$run-$1" link set gkw up
  in_ns "$1" "$(find_jdk25)/bin/java" --enable-native-access=ALL-UNNAMED -cp "$lib" \
    "$here/src/main/java/io/virtualwire/benchmarks/KernelWire.java" "$work/bpf-$1" pkw "192.0.2.$3" "10$2" "10$3"
}
