# OpenVPN, point to point with a TAP, TLS and its default cipher (AES-256-GCM); in user space as Debian's kernel has no module of it.
sealed=true
packages="openvpn:openvpn"
version() { openvpn --version | awk 'NR == 1 {print $2}'; }
start() { # SIDE ME OTHER NET
  local dir=$work/openvpn side
  mkdir -p "$dir"
  for side in a b; do
    [ -e "$dir/$side.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$side" \
      -keyout "$dir/$side.key" -out "$dir/$side.crt" 2>/dev/null
  done
  side=$([ "$1" = a ] && echo b || echo a)
  spawn "$1" openvpn --dev ovpn0 --dev-type tap --disable-dco --local "192.0.2.$2" --remote "192.0.2.$3" --port 1194 --proto udp \
    $([ "$1" = a ] && echo --tls-server --dh none || echo --tls-client) --cert "$dir/$1.crt" --key "$dir/$1.key" \
    --peer-fingerprint "$(openssl x509 -in "$dir/$side.crt" -noout -fingerprint -sha256 | cut -d= -f2)" --tun-mtu 1500
  address "$1" ovpn0 "$4.$2" 1500
}
