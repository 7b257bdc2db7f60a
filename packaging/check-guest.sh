#!/usr/bin/env bash
# Boots a Debian machine under QEMU as a cloud would, with the user data of `wire host user-data` and nothing else (docs/operations.md): the key
# lets in, cloud-init's own schema agrees, and the package is fetched and installed at the first boot. Minutes without KVM.
#
#   namespace vwg-PID: host0 192.0.2.1, an HTTP server ── TAP ── eth0 192.0.2.2, QEMU: Debian with cloud-init
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
vm=$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm
[ "$(id -u)" = 0 ] || { echo "network namespaces and QEMU's TAP need root. Run:  sudo $0" >&2; exit 1; }
export WIRE_NO_BUILD=1

work=$(mktemp -d /tmp/vwg.XXXXXX)
ns=vwg-$$
pids=()
tidy() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  ip netns del $ns 2>/dev/null || true
  rm -rf "$work"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
fail() {
  echo "guest: $1" >&2
  for log in "$work"/*.log "$work/seed.console"; do
    [ -s "$log" ] || continue
    echo "--- $log" >&2
    tail -n 25 "$log" >&2
  done
  exit 1
}
began=$SECONDS last=$SECONDS
step() { printf '%4d s  %s\n' $((SECONDS - last)) "$*"; last=$SECONDS; }
await() { # SECONDS WHAT COMMAND…
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "not within time: $what"
    for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || fail "a process ended before: $what"; done
    sleep 0.5
  done
}

# --- what it is made of -----------------------------------------------------------------------------------------------------
bash "$vm/debian.sh" build "$top/target/vm/debian"
step "Debian's image (kept in target/vm/debian)"
deb=$(packaging/deb.sh 2>"$work/deb.log" | tail -n 1) || fail "no package"
step "the package: $(tail -n 1 "$work/deb.log")"

ip netns add $ns
ip -n $ns link set lo up
ip -n $ns tuntap add dev host0 mode tap
ip -n $ns address add 192.0.2.1/24 dev host0
ip -n $ns link set host0 up
mkdir "$work/seed" "$work/www"
cp "$deb" "$work/www/virtualwire.deb"
ip netns exec $ns busybox httpd -f -p 192.0.2.1:8000 -h "$work/www" >"$work/httpd.log" 2>&1 &
pids+=($!)

here() { ip netns exec $ns env WIRE_HOME="$work/me" "$top/bin/wire" "$@"; }
ssh-keygen -q -t ed25519 -N '' -C check-guest -f "$work/key"
here host user-data --key "$work/key.pub" --package http://192.0.2.1:8000/virtualwire.deb --sha256 "$(sha256sum "$deb" | cut -d' ' -f1)" >"$work/seed/user-data"
printf 'instance-id: check-%s\nlocal-hostname: hostb\n' $$ >"$work/seed/meta-data"
printf 'version: 2\nethernets: {eth0: {addresses: [192.0.2.2/24]}}\n' >"$work/seed/network-config"

# --- the first boot ---------------------------------------------------------------------------------------------------------
ACCEL=tcg
if [ "$(here doctor -o json 2>/dev/null | jq -r '.[] | select(.subject == "KVM") | .verdict | ascii_downcase')" = ok ]; then ACCEL=kvm; fi
export ACCEL
ip netns exec $ns bash "$vm/debian.sh" run "$top/target/vm/debian" "$work/seed" host0 52:54:00:00:02:02 >"$work/qemu.log" 2>&1 &
pids+=($!)
there() {
  ip netns exec $ns ssh -q -i "$work/key" -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=accept-new \
    -o UserKnownHostsFile="$work/known" wire@192.0.2.2 "$@"
}
await 400 "a login over SSH" there true
step "it boots (accelerator: $ACCEL), and the key lets in (kernel and first programs: $(there cut -d. -f1 /proc/uptime) s of its own time)"
there sudo cloud-init status --wait >"$work/cloud-init.log" 2>&1 || {
  there sudo tail -n 40 /var/log/cloud-init-output.log >>"$work/cloud-init.log" 2>&1
  fail "cloud-init failed"
}
there sudo cloud-init schema --system >>"$work/cloud-init.log" 2>&1 || fail "cloud-init's schema refuses the user data"
version=$(there wire --version) || fail "the package is not installed"
step "cloud-init is done, its schema agrees, and it has installed: $version"
[ "$(there systemctl is-enabled virtualwire-connector || true)" = disabled ] || fail "the package enables its units by itself"
! there 'command -v java || ls -d /usr/lib/jvm' >/dev/null || fail "there is a JDK"
printf '%4d s  in all\n' $((SECONDS - began))
echo "guest: all well"
