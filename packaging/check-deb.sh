#!/usr/bin/env bash
# Tries the Debian package in a root that has no JDK, nor anything else but what it says that it needs: installed, a connector started with the
# capabilities of its unit, upgraded over a changed configuration, removed, purged: what docs/operations.md says of it.
#
# The root has busybox, and the few programs that the maintainer scripts call. As a part of `make test` the package is neither compressed nor has
# it caches. LONG=1: it is as `make deb` makes it, three times, compared; lintian is asked; and its caches are insisted on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d /tmp/vwk.XXXXXX)
ns=vwk-$$
pids=()
tidy() {
  stop
  ip netns del $ns 2>/dev/null || true
  ! mountpoint -q "$work/root/proc" || umount "$work/root/proc"
  rm -rf "$work"
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# What unshare has started is another process, which is the one that hears signals.
stop() {
  local pid
  for pid in "${pids[@]}"; do
    pkill -P "$pid" 2>/dev/null || true
    for ((i = 0; i < 100; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
    pkill -KILL -P "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  pids=()
}
fail() {
  echo "package: $1" >&2
  tail -n 20 "$work"/*.log >&2 2>/dev/null || true
  exit 1
}
say() { echo "$*  ($SECONDS s)"; }

if [ "$(id -u)" != 0 ] || ! [ -c /dev/net/tun ]; then
  echo "installing the package needs root and /dev/net/tun"
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi

for file in packaging/debian/{postinst,prerm,postrm}; do sh -n "$file" || fail "$file"; done

if [ "${LONG:-}" = 1 ]; then
  deb=$(packaging/deb.sh 2>"$work/deb.log" | tail -n 1) || fail "no package"
  tail -n 1 "$work/deb.log"
  again=$(OUT=$work/again packaging/deb.sh 2>"$work/again.log" | tail -n 1) || fail "no package the second time"
  cmp "$deb" "$again" || fail "made twice, it is not the same"
  taken=$(OUT=$work/taken CACHES=$deb packaging/deb.sh 2>"$work/taken.log" | tail -n 1) || fail "no package with the caches of another"
  cmp "$deb" "$taken" || fail "with the caches of the first it is not the same"
  rm -rf "$work/again" "$work/taken"
  say "made three times, each time the same bytes"

  lintian --allow-root --tag-display-limit 0 "$deb" >"$work/lintian.out" 2>"$work/lintian.log" || { cat "$work/lintian.out"; fail "lintian complains"; }
  [ ! -s "$work/lintian.out" ] || { cat "$work/lintian.out"; fail "lintian has something to say"; }
  say "lintian has nothing to say"
else
  deb=$(OUT=$work COMPRESSION=none CACHES=none packaging/deb.sh 2>"$work/deb.log" | tail -n 1) || fail "no package"
fi

# The next release, with another configuration, and little else.
mkdir "$work/next"
dpkg-deb -e "$deb" "$work/next/DEBIAN"
some() { dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$1" --wildcards "${@:2}"; }
some "$work/next" './etc/*' './usr/bin/*' './usr/lib/s*' './usr/lib/tmpfiles.d/*'
sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
for file in connector node; do echo "# of the next release" >>"$work/next/etc/virtualwire/$file.yaml"; done
dpkg-deb --root-owner-group -Znone -b "$work/next" "$work/next.deb" >"$work/next.log"
rm -rf "$work/next"

# --- a root ---------------------------------------------------------------------------------------------------------------
root=$work/root
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{dev,proc,sys,tmp,run,root,etc} "$root"/var/{lib/dpkg/{info,updates},log,tmp,cache}
chmod 1777 "$root/tmp" "$root/var/tmp"
for folder in bin sbin lib lib64; do ln -s usr/$folder "$root/$folder"; done
cp "$(command -v busybox)" "$root/usr/bin/"
chroot "$root" /usr/bin/busybox --install -s /usr/bin
# with_libraries PROGRAM…: with what it is linked with
with_libraries() {
  local file
  for file in "$@"; do [ ! -x "$file" ] || [[ $file == */runtime/* ]] || install -D "$file" "$root$file"; done
  ldd "$@" 2>/dev/null | grep -oE '/[^ ]*\.so[^ ]*' | grep -v /runtime/ | sort -u | while read -r file; do
    [ -e "$root$file" ] || install -D "$file" "$root$file"
  done
}
rm -f "$root/usr/bin/setpriv"
with_libraries "$(command -v systemd-sysusers)" "$(command -v systemd-tmpfiles)" "$(command -v setpriv)"
mkdir "$work/libraries"
some "$work/libraries" './usr/lib/virtualwire/runtime/bin/*' '*.so'
mapfile -t linked < <(find "$work/libraries/usr/lib/virtualwire/runtime" -name '*.so' -o -name java -type f)
with_libraries "${linked[@]}"
# What libssl3 brings, which is loaded by its name.
crypto=$(ldconfig -p | sed -n 's/^\s*libcrypto\.so\.3 .* => //p' | head -1)
[ -n "$crypto" ] || fail "this machine has no libcrypto.so.3; install libssl3"
install -D "$crypto" "$root$crypto"
rm -rf "$work/libraries"
printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
for package in libc6 libssl3 iproute2 nftables systemd; do
  printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: nobody\nVersion: 99\nDescription: x\n\n' $package
done >"$root/var/lib/dpkg/status"
: >"$root/var/lib/dpkg/available"
dpkg_there() { DEBIAN_FRONTEND=noninteractive dpkg --root="$root" --force-unsafe-io --force-confdef --force-confold "$@" >>"$work/dpkg.log" 2>&1; }
put() { dpkg_there -i "$1"; }
away() { dpkg_there --"$1" virtualwire; }
mount -t proc none "$root/proc"
mkdir -p "$root/dev/net"
mknod -m 666 "$root/dev/net/tun" c 10 200
! find "$root" -path "$root/proc" -prune -o -name java -type f -print | grep -q . || fail "there is a Java before the package brings one"
files() { (cd "$root" && find . \( -path ./proc -o -path ./tmp -o -path ./var/lib/dpkg -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \) -prune -o -print | grep -vE '^\./etc/(passwd|group|shadow|gshadow)-?$|^\./etc/\.(pwd|updated)|^\./var/\.updated' | LC_ALL=C sort); }
before=$(files)

put "$deb" || fail "it cannot be installed"
inside() { unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" "$@"; }
said=$(inside /usr/bin/wire --version) || fail "the command does not run"
[ "$(stat -c '%a %G' "$root/etc/virtualwire/connector.yaml")" = "640 $(stat -c %G "$root/var/lib/virtualwire")" ] || fail "the configuration is for others than its user"
for wants in "$root"/etc/systemd/system/*.wants/virtualwire*; do [ ! -e "$wants" ] && [ ! -L "$wants" ] || fail "it enables $wants"; done
say "installed, without a JDK: $said"
if [ "${LONG:-}" = 1 ]; then
  # Without its cache Java would only be slow; told to insist on it, it fails.
  for command in --version help "connector run --help"; do
    # shellcheck disable=SC2086
    inside env WIRE_JAVA_OPTS=-XX:AOTMode=on /usr/bin/wire $command >"$work/cache.log" 2>&1 || fail "the installed command does without its cache: wire $command"
  done
  say "it has its ahead-of-time caches"
fi

# A connector, with what its unit gives it.
ip netns add $ns
ip -n $ns link set lo up
printf 'name: hosta\nlisten: 127.0.0.1\n' >>"$root/etc/virtualwire/connector.yaml"
person() { WIRE_HOME=$work/me WIRE_NO_BUILD=1 bin/wire "$@" >>"$work/me.log" 2>&1 || fail "wire $*"; }
person init --tenant acme
person identity issue hosta --out "$root/var/lib/virtualwire/hosta.wire"
inside chown virtualwire:virtualwire /var/lib/virtualwire/hosta.wire
capability=$(sed -n 's/^AmbientCapabilities=CAP_//p' packaging/systemd/virtualwire-connector.service | tr 'A-Z ' 'a-z,')
ip netns exec $ns unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" \
  setpriv --reuid virtualwire --regid virtualwire --clear-groups --no-new-privs --inh-caps "-all,+$capability" --ambient-caps "-all,+$capability" \
  --bounding-set "-all,+$capability" env WIRE_HOME=/var/lib/virtualwire WIRE_JAVA_OPTS="${WIRE_JAVA_OPTS:-}" \
  /usr/bin/wire connector run --config /etc/virtualwire/connector.yaml >"$work/connector.log" 2>&1 &
pids+=($!)
for ((i = 0; i < 600; i++)); do
  ! grep -q "is ready: wires" "$work/connector.log" || break
  kill -0 "${pids[0]}" 2>/dev/null || fail "the connector ended"
  sleep 0.1
done
grep -q "is ready: wires" "$work/connector.log" || fail "the connector is not ready"
grep -q "datagrams are sealed by OpenSSL 3" "$work/connector.log" || fail "the connector does not seal by OpenSSL"
stop
[ -d "$root/var/lib/virtualwire/state/hosta" ] || fail "the connector has kept nothing"
say "a connector with $capability alone"

put "$work/next.deb" || fail "it cannot be upgraded"
grep -q '^name: hosta$' "$root/etc/virtualwire/connector.yaml" || fail "an upgrade takes the operator's changes away"
! grep -q 'next release' "$root/etc/virtualwire/connector.yaml" || fail "an upgrade changes a file that the operator has changed"
grep -q 'next release' "$root/etc/virtualwire/node.yaml" || fail "an upgrade leaves a file as it was that nobody has changed"
[ -f "$root/var/lib/virtualwire/hosta.wire" ] || fail "an upgrade takes credentials away"
say "upgraded: what was changed is kept"

away remove || fail "it cannot be removed"
[ -f "$root/var/lib/virtualwire/hosta.wire" ] && [ -f "$root/etc/virtualwire/connector.yaml" ] || fail "removed, it has taken state and configuration with it"
[ ! -e "$root/usr/lib/virtualwire" ] && [ ! -e "$root/usr/bin/wire" ] || fail "removed, it is still there"
echo ADDRESS=192.0.2.1 >"$root/etc/virtualwire/authority.env"
away purge || fail "it cannot be purged"
left=$(diff <(echo "$before") <(files) || true)
[ -z "$left" ] || fail "purged, this is left: $left"
say "removed: state and configuration are kept; purged: nothing is left"
echo "package: all well"
