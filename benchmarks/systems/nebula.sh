# nebula as its example configuration has it: AES, one routine, the default MTU of 1300; every host may reach every other.
sealed=true
packages="nebula:nebula nebula-cert:nebula"
version() { nebula -version | awk '{print $2}'; }
start() { # SIDE ME OTHER NET
  local dir=$work/nebula
  mkdir -p "$dir"
  [ -e "$dir/ca.crt" ] || nebula-cert ca -name bench -out-crt "$dir/ca.crt" -out-key "$dir/ca.key"
  nebula-cert sign -name "$1" -ip "$4.$2/24" -ca-crt "$dir/ca.crt" -ca-key "$dir/ca.key" -out-crt "$dir/$1.crt" -out-key "$dir/$1.key"
  cat >"$dir/$1.yml" <<YAML
pki: {ca: $dir/ca.crt, cert: $dir/$1.crt, key: $dir/$1.key}
static_host_map: {"$4.$3": ["192.0.2.$3:4242"]}
lighthouse: {am_lighthouse: false}
listen: {host: 192.0.2.$2, port: 4242}
tun: {dev: neb0, mtu: 1300}
firewall:
  outbound: [{port: any, proto: any, host: any}]
  inbound: [{port: any, proto: any, host: any}]
YAML
  spawn "$1" nebula -config "$dir/$1.yml"
}
