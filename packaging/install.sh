#!/usr/bin/env bash
# Installs what bin/wire has built: the command, the units, and commented configuration files where there are none.
#
#   install.sh                into the running system (as root); makes the user virtualwire
#   DESTDIR=/tmp/x install.sh into a folder, for a package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

to=${DESTDIR:-}
dist=wire-cli/target/dist
if ! [ -f "$dist/complete" ]; then
  echo "nothing is built yet; run: bin/wire --build" >&2
  exit 1
fi
if [ -z "$to" ] && [ "$(id -u)" != 0 ]; then
  echo "installing into the system needs root: sudo make install, or DESTDIR=/some/folder make install" >&2
  exit 1
fi

rm -rf "$to/usr/lib/virtualwire"
install -d "$to/usr/bin" "$to/usr/lib/virtualwire/lib" "$to/usr/share/doc/virtualwire"
# With their names and times, by which Java knows the ahead-of-time caches.
cp -p "$dist"/lib/*.jar "$to/usr/lib/virtualwire/lib/"
cp -p "$dist"/wire-cli-*.jar "$dist"/asking.jar "$to/usr/lib/virtualwire/"
# Clouds whose libraries only commands about clouds load.
for cloud in "$dist"/clouds/*/; do
  [ -d "$cloud" ] || continue
  cloud=${cloud%/}
  install -d "$to/usr/lib/virtualwire/clouds/${cloud##*/}"
  cp -p "$cloud"/*.jar "$to/usr/lib/virtualwire/clouds/${cloud##*/}/"
done
for cache in "$dist"/*.aot; do [ ! -f "$cache" ] || cp -p "$cache" "$to/usr/lib/virtualwire/"; done
chmod -R a+rX "$to/usr/lib/virtualwire"
install -m 755 packaging/wire "$to/usr/bin/wire"

units=$to/usr/lib/systemd/system
install -d "$units" "$to/usr/lib/sysusers.d" "$to/usr/lib/tmpfiles.d"
install -m 644 packaging/systemd/*.service "$units/"
install -m 644 packaging/sysusers.d/virtualwire.conf "$to/usr/lib/sysusers.d/"
install -m 644 packaging/tmpfiles.d/virtualwire.conf "$to/usr/lib/tmpfiles.d/"
install -m 644 packaging/systemd/*.conf "$to/usr/share/doc/virtualwire/"
install -m 644 docs/operations.md docs/security.md CHANGELOG.md "$to/usr/share/doc/virtualwire/"

install -d "$to/etc/virtualwire"
for file in connector node; do
  [ -e "$to/etc/virtualwire/$file.yaml" ] || install -m 640 "docs/$file.yaml" "$to/etc/virtualwire/"
done

if [ -z "$to" ]; then
  systemd-sysusers virtualwire.conf
  systemd-tmpfiles --create virtualwire.conf
  chgrp virtualwire /etc/virtualwire/*.yaml
  ! [ -d /run/systemd/system ] || systemctl daemon-reload
  echo "installed; see docs/operations.md for what comes next"
fi
