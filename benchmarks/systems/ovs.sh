# Open vSwitch's user-space datapath with a VXLAN tunnel, laid out as its manual for user-space tunnels has it ("Userspace VXLAN"):
# a bridge br-phy owns the physical port and its address, br-int has the tunnel and the guest. As br-phy takes its port away
# from the kernel, it has a veth of its own, between the same two namespaces and with the same MTU.
sealed=false
packages="ovs-vswitchd:openvswitch-switch"
version() { ovs-vswitchd --version | awk 'NR == 1 {print $NF}'; }
start() { # SIDE ME OTHER NET
  local dir=$work/ovs-$1 vsctl
  [ "$1" = b ] || {
    ip link add eth9 netns "$run-a" mtu 1500 type veth peer name eth9 netns "$run-b" mtu 1500
    ip -n "$run-a" link set eth9 up; ip -n "$run-b" link set eth9 up
  }
  mkdir -p "$dir"
  ovsdb-tool create "$dir/conf.db" /usr/share/openvswitch/vswitch.ovsschema
  export OVS_RUNDIR=$dir OVS_LOGDIR=$dir OVS_DBDIR=$dir
  spawn "$1" ovsdb-server "$dir/conf.db" --remote="punix:$dir/db.sock" --no-chdir
  until [ -S "$dir/db.sock" ]; do sleep 0.1; done
  vsctl="ovs-vsctl --db=unix:$dir/db.sock"
  $vsctl --no-wait init
  spawn "$1" ovs-vswitchd "unix:$dir/db.sock" --no-chdir
  in_ns "$1" $vsctl --timeout=20 add-br br-phy -- set bridge br-phy datapath_type=netdev -- add-port br-phy eth9
  ip -n "$run-$1" addr add "192.0.3.$2/24" dev br-phy; ip -n "$run-$1" link set br-phy up
  in_ns "$1" $vsctl --timeout=20 add-br br-int -- set bridge br-int datapath_type=netdev \
    -- add-port br-int vx0 -- set interface vx0 type=vxlan options:key=77 options:remote_ip="192.0.3.$3"
  ip -n "$run-$1" link set br-int mtu 1450
  ip -n "$run-$1" addr add "$4.$2/24" dev br-int; ip -n "$run-$1" link set br-int up
  unset OVS_RUNDIR OVS_LOGDIR OVS_DBDIR
}
