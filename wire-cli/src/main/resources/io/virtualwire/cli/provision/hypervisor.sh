# What a host's libvirt shows itself with, and asks others with. As the superuser:
#
#   open OWN DAEMON NODE USER    gives the credentials in OWN to libvirt and to a node; prints 'changed' if there were others
#   close OWN DAEMON NODE USER   takes them back
#
# OWN      folder of the credentials as libvirt wants them
# DAEMON   where a libvirt that no systemd runs has them; empty: libvirt does not get them
# NODE     where a node has them; empty: none gets them
# USER     whose that is; empty: the superuser's, as on a host that shares its files with others, whose libvirt is not told anything
set -eu
umask 077
action=$1 own=$2 daemon=$3 node=$4 user=$5
# Where the host's files are; a test has a folder of its own.
root=
conf=$root/etc/libvirt/libvirtd.conf
# The same folder on every host: one hypervisor tells another where to look for its own.
pki=/etc/libvirt/pki
drop=$root/etc/systemd/system/virtualwire-connector.service.d
shipped=$root/usr/share/doc/virtualwire/qemu.conf
systemd() { [ -n "$user" ] && [ -d "$root/run/systemd/system" ]; }
without_ours() { sed '/^# wire host: begin$/,/^# wire host: end$/d' "$conf"; }

# replace FILE DRAFT: true if that changed it
replace() {
  if cmp -s "$1" "$2"; then rm -f "$2"; return 1; fi
  mv -f "$2" "$1"
}
# give FOLDER: the credentials, as libvirt's clients look for them; 'changed' if there were others
give() {
  mkdir -p "$1"
  for part in cacert clientcert clientkey; do
    cp "$own/$part.pem" "$1/.$part.new"
    [ -z "${2:-}" ] || chown "$2:" "$1/.$part.new"
    ! replace "$1/$part.pem" "$1/.$part.new" || echo changed
  done
  [ -z "${2:-}" ] || chown "$2:" "$1"
}
restart_libvirt() {
  # A socket of a service that runs cannot be opened. Machines do not mind.
  systemctl stop libvirtd.service
  systemctl enable -q --now libvirtd-tls.socket
  systemctl start libvirtd.service
}
listen() {
  if without_ours | grep -Eq '^[[:space:]]*(ca_file|cert_file|key_file|tls_allowed_dn_list)[[:space:]]*='; then
    echo "libvirt's TLS is set up by somebody else, in $conf"
    exit 3
  fi
  if [ -e "$root$pki" ] && ! [ -e "$root$pki/virtualwire" ]; then
    echo "$pki is somebody else's"
    exit 3
  fi
  mkdir -p "$root$pki"
  : >"$root$pki/virtualwire"
  given=$(give "$root$pki")
  {
    without_ours
    cat <<CONF
# wire host: begin
ca_file = "$pki/cacert.pem"
cert_file = "$pki/clientcert.pem"
key_file = "$pki/clientkey.pem"
tls_allowed_dn_list = ["*CN=libvirt-*"]
# wire host: end
CONF
  } >"$conf.new"
  chmod --reference="$conf" "$conf.new"
  if replace "$conf" "$conf.new" || [ -n "$given" ] || ! systemctl -q is-enabled libvirtd-tls.socket; then restart_libvirt; fi
  # A TAP that QEMU holds takes a packet socket.
  if [ -e "$shipped" ] && ! cmp -s "$shipped" "$drop/qemu.conf"; then
    mkdir -p -m 0755 "$drop"
    install -m 0644 "$shipped" "$drop/qemu.conf"
    systemctl daemon-reload
    systemctl try-restart virtualwire-connector.service
  fi
}

case $action in
  open)
    if [ -n "$daemon" ]; then
      if systemd; then listen; else give "$daemon"; fi
    fi
    if [ -n "$node" ]; then give "$node" "$user" >/dev/null; fi
    ;;
  close)
    if systemd; then
      echo systemd
      if [ -e "$conf" ] && grep -q '^# wire host: begin$' "$conf"; then
        without_ours >"$conf.new"
        chmod --reference="$conf" "$conf.new"
        mv "$conf.new" "$conf"
        systemctl stop libvirtd.service
        systemctl disable -q --now libvirtd-tls.socket
        systemctl start libvirtd.service
        rm -f "$drop/qemu.conf"
        systemctl daemon-reload
      fi
      ! [ -e "$root$pki/virtualwire" ] || rm -rf "$root$pki"
    fi
    rm -rf "$own" "$daemon" "$node"
    ;;
esac
