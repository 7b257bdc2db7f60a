#!/usr/bin/env bash
# A disk image that boots by itself, of what debian.sh has made: what a person who has a libvirt downloads of Debian.
#
#   bootable.sh FOLDER      makes FOLDER/bootable.qcow2 of FOLDER/disk, vmlinuz and initrd, unless it is there
#
#   sector 0: MBR │ 2048: FAT with SYSLINUX, kernel and initrd │ then: the root's ext4
set -euo pipefail
folder=$1
exec 9>"$folder/lock"
flock 9 # two tests at once make it once
cd "$folder"
if [ -s bootable.qcow2 ] && [ bootable.qcow2 -nt disk ] && [ bootable.qcow2 -nt "$0" ]; then exit; fi
work=$(mktemp -d "$PWD/bootable.XXXXXX")
trap 'rm -rf "$work"' EXIT
start=2048 boot=$((96 * 2048))
cat >"$work/syslinux.cfg" <<'CFG'
DEFAULT linux
PROMPT 0
LABEL linux
  KERNEL vmlinuz
  APPEND initrd=initrd root=LABEL=root rw console=ttyS0 net.ifnames=0 panic=1
CFG
truncate -s $((boot * 512)) "$work/boot"
mformat -i "$work/boot" -T $boot -h 64 -s 32 -H $start -v BOOT ::
mcopy -i "$work/boot" vmlinuz initrd "$work/syslinux.cfg" ::
syslinux --install "$work/boot"
cp --sparse=always --reflink=auto disk "$work/root"
echo 'LABEL=root / ext4 errors=remount-ro 0 1' >"$work/fstab"
printf 'rm /etc/fstab\nwrite %s /etc/fstab\n' "$work/fstab" | debugfs -w "$work/root" >/dev/null 2>&1
root=$(($(stat -c %s "$work/root") / 512))
truncate -s $(((start + boot + root) * 512)) "$work/all"
printf 'label: dos\nstart=%d, size=%d, type=e, bootable\nstart=%d, size=%d, type=83\n' $start $boot $((start + boot)) $root | sfdisk -q "$work/all"
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$work/all" conv=notrunc status=none
dd if="$work/boot" of="$work/all" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$work/root" of="$work/all" bs=1M seek=$(((start + boot) / 2048)) conv=notrunc,sparse status=none
qemu-img convert -O qcow2 "$work/all" "$work/bootable.qcow2"
mv "$work/bootable.qcow2" bootable.qcow2
