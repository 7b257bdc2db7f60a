#!/usr/bin/env bash
# A disk image as a cloud would boot it, for tests: Debian's kernel with busybox and Dropbear, which reads of a NoCloud seed what it needs, and
# takes its address by DHCP. Up in seconds without KVM, where a Debian with systemd and cloud-init takes minutes (debian.sh).
#
#   cloud-image.sh build GUEST FOLDER      makes FOLDER/disk, unless it is there; GUEST is the folder that guest.sh makes
#
# Of the disk with the label cidata it reads: meta-data (local-hostname, public-keys) and vendor-data (ssh_keys: ed25519_private). Root logs in.
set -euo pipefail

build() {
  local guest=$1 folder=$2 root file
  bash "$(dirname "${BASH_SOURCE[0]}")/guest.sh" build "$guest"
  mkdir -p "$folder"
  guest=$(cd "$guest" && pwd)
  exec 9>"$folder/lock"
  flock 9 # two tests at once make it once
  if [ -s "$folder/disk" ] && [ "$folder/disk" -nt "$0" ] && [ "$folder/disk" -nt "$guest/vmlinuz" ]; then return; fi
  cd "$folder"
  root=$(mktemp -d)
  # shellcheck disable=SC2064 # as it is now
  trap "rm -rf '$root'" EXIT
  mkdir -p "$root"/{bin,proc,sys,dev,modules,etc/dropbear,root/.ssh,seed,tmp,run,var/lib,usr}
  ln -s ../bin "$root/usr/bin"
  ln -s bin "$root/sbin"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for file in "$guest"/modules "$guest"/more; do
    find "$file" -name '*.ko' -exec cp {} "$root/modules/" \;
    cat "$file/order" >>"$root/modules/order"
  done
  # What busybox does in another way: the status of what timed out, a session of its own in the background, and, in its shell, both again.
  for file in dropbear dropbearconvert timeout setsid dash; do
    file=$(PATH=$PATH:/usr/sbin command -v "$file")
    cp "$file" "$root/bin/"
    ldd "$file" | sed -n 's/.* \(\/[^ ]*\) (0x.*/\1/p; s/^\t\(\/[^ ]*\) (0x.*/\1/p' | while read -r library; do
      mkdir -p "$root${library%/*}"
      cp -Ln "$library" "$root$library"
    done
  done
  ln -s dash "$root/bin/sh"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  echo /bin/sh >"$root/etc/shells"
  cat >"$root/bin/lease" <<'LEASE'
#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/${mask:-24}" dev "$interface"
[ -z "$router" ] || ip route replace default via "${router%% *}"
LEASE
  cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin 2>/dev/null
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir /dev/pts; mount -t devpts pts /dev/pts
while read -r module; do insmod "/modules/$module"; done </modules/order
for disk in /dev/vd?; do
  # Where a FAT has its label.
  [ "$(dd if="$disk" bs=1 skip=43 count=6 2>/dev/null)" = cidata ] && mount -t vfat -o ro,iocharset=ascii "$disk" /seed
done
[ -e /seed/meta-data ] || echo "there is no seed" >/dev/console
hostname "$(sed -n 's/^local-hostname: *"\{0,1\}\([a-z0-9-]*\).*/\1/p' /seed/meta-data)"
sed -n 's/.*"\(ssh-[a-z0-9-]* [A-Za-z0-9+\/=]*\).*/\1/p' /seed/meta-data >/root/.ssh/authorized_keys
chmod 700 /root /root/.ssh; chmod 600 /root/.ssh/authorized_keys
umask 077
sed -n '/BEGIN OPENSSH/,/END OPENSSH/s/^ *//p' /seed/vendor-data >/tmp/key
dropbearconvert openssh dropbear /tmp/key /etc/dropbear/host >/dev/console 2>&1
rm /tmp/key
umask 022
ip link set lo up
ip link set eth0 up
dropbear -r /etc/dropbear/host -s -j -k -E 2>/dev/console
udhcpc -i eth0 -s /bin/lease -t 20 -T 1 -b -S >/dev/console 2>&1
echo "host ready after $(cut -d' ' -f1 /proc/uptime) s" >/dev/console
while :; do sleep 3600; done
INIT
  chmod +x "$root/init" "$root/bin/lease"
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -9) >initrd.gz
  rm -f disk.new
  truncate -s 32M disk.new
  mformat -i disk.new -T 65536 -h 16 -s 63 -v BOOT ::
  cat >syslinux.cfg <<'CFG'
DEFAULT linux
PROMPT 0
LABEL linux
  KERNEL vmlinuz
  APPEND initrd=initrd.gz console=ttyS0 quiet panic=1 net.ifnames=0
CFG
  mcopy -i disk.new "$guest/vmlinuz" initrd.gz syslinux.cfg ::
  syslinux --install disk.new
  mv disk.new disk
}

case ${1:-} in
  build) build "$2" "$3" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
