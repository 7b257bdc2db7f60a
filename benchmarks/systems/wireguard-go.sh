# wireguard-go, WireGuard in user space, with wg-quick's MTU of 1420 for an underlay of 1500.
sealed=true
packages="wireguard-go:wireguard-go wg:wireguard-tools"
version() { dpkg-query -W -f '${Version}' wireguard-go; }
start() { # SIDE ME OTHER NET
  local dir=$work/wireguard side
  mkdir -p "$dir"
  for side in a b; do [ -e "$dir/$side" ] || (umask 077; wg genkey >"$dir/$side"); done
  side=$([ "$1" = a ] && echo b || echo a)
  # Its control socket has a name that all namespaces share, so the device is named after the run.
  LOG_LEVEL=error WG_PROCESS_FOREGROUND=1 spawn "$1" wireguard-go "wg$$$1"
  until in_ns "$1" wg show "wg$$$1" >/dev/null 2>&1; do sleep 0.1; done
  in_ns "$1" wg set "wg$$$1" listen-port 51820 private-key "$dir/$1" \
    peer "$(wg pubkey <"$dir/$side")" allowed-ips "$4.0/24" endpoint "192.0.2.$3:51820"
  address "$1" "wg$$$1" "$4.$2" 1420
}
