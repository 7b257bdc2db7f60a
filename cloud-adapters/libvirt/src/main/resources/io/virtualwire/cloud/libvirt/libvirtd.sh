#!/usr/bin/env bash
# A libvirt daemon of its own: its files, its host name and its machines are apart from this host's and from other such daemons'.
# Runs until it is ended; QEMU processes that it started go on then.
#
#   ip netns exec NAMESPACE libvirtd.sh FOLDER ADDRESS [CACHE]
#
# FOLDER   is its own; others reach it at qemu+unix:///system?socket=FOLDER/run/libvirt-sock, also out of other namespaces
# ADDRESS  of the namespace, at which other daemons and QEMUs reach it: qemu+tcp://ADDRESS/system
#          with FOLDER/etc/pki/{cacert,clientcert,clientkey}.pem also at qemu+tls://ADDRESS/system, for who has a certificate of that
#          authority; it asks others with the same if they are named with ?pkipath=/etc/libvirt/pki
# CACHE    keeps what libvirt finds out of QEMU, which takes it ten seconds, for the next one
#
# Environment: HOST_NAME, as others see it (the network namespace's); LISTEN=tls, not without TLS; ALLOWED, a pattern of the names of who
# may come by TLS (*)
set -euo pipefail
if [ "${4:-}" != inside ]; then
  exec unshare --mount --uts bash "$0" "$1" "$2" "${3:-}" inside
fi
folder=$1 address=$2 cache=$3
name=${HOST_NAME:-$(ip netns identify $$)}
name=${name:-cloud}
mkdir -p "$folder"/{etc/qemu,run,lib,log,cache}
[ -s "$folder/uuid" ] || cat /proc/sys/kernel/random/uuid >"$folder/uuid"
echo "$name" >"$folder/hostname"
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >"$folder/hosts"
# Two hosts of one UUID would be taken for the same.
cat >"$folder/etc/libvirtd.conf" <<CONF
host_uuid = "$(cat "$folder/uuid")"
listen_tls = $([ -e "$folder/etc/pki/clientcert.pem" ] && echo 1 || echo 0)
ca_file = "/etc/libvirt/pki/cacert.pem"
cert_file = "/etc/libvirt/pki/clientcert.pem"
key_file = "/etc/libvirt/pki/clientkey.pem"
tls_allowed_dn_list = ["${ALLOWED:-*}"]
listen_tcp = $([ "${LISTEN:-}" = tls ] && echo 0 || echo 1)
listen_addr = "$address"
auth_tcp = "none"
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
CONF
# No security driver, no cgroups, no virtlogd: nothing that would reach out of the namespace.
cat >"$folder/etc/qemu.conf" <<CONF
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
migration_address = "$address"
migration_host = "$address"
CONF
hostname "$name"
mount --make-rprivate /
for part in etc run lib log cache; do
  case $part in etc) at=/etc/libvirt ;; run) at=/run/libvirt ;; *) at=/var/$part/libvirt ;; esac
  mkdir -p "$at"
  mount --bind "$folder/$part" "$at"
done
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/hostname" /etc/hostname
# libvirt's driver of QEMU does not start without the user that it was built for, whoever runs the machines; only Debian's
# libvirt-daemon-system makes that user, and would start a daemon of its own.
if ! getent passwd libvirt-qemu >/dev/null || ! getent group libvirt-qemu >/dev/null; then
  { cat /etc/passwd; echo 'libvirt-qemu:x:64055:64055:libvirt QEMU:/nonexistent:/usr/sbin/nologin'; } >"$folder/passwd"
  { cat /etc/group; echo 'libvirt-qemu:x:64055:'; } >"$folder/group"
  mount --bind "$folder/passwd" /etc/passwd
  mount --bind "$folder/group" /etc/group
fi
if [ -n "$cache" ]; then
  found=$folder/cache/qemu/capabilities
  mkdir -p "$cache" "$found"
  cp -p "$cache"/*.xml "$found/" 2>/dev/null || true
  # What was kept may be of another QEMU; then libvirt finds out anew.
  touch "$folder/started"
  (
    for _ in $(seq 60); do
      sleep 0.5
      for file in "$found"/*.xml; do
        [ "$file" -nt "$folder/started" ] || continue
        cp -p "$file" "$cache/.$$" && mv "$cache/.$$" "$cache/${file##*/}" # somebody may be reading it
        exit
      done
    done
  ) </dev/null >/dev/null 2>&1 &
fi
exec libvirtd --listen -p "$folder/libvirtd.pid"
