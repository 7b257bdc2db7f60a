#!/usr/bin/env bash
# A Debian host for tests, as a cloud would boot it: systemd, cloud-init (NoCloud, or EC2 where it sees that it is there), OpenSSH, and nothing of VirtualWire.
#
#   debian.sh build FOLDER      makes FOLDER/disk, vmlinuz and initrd, unless they are there by this recipe: minutes, root, and Debian's archive
#   debian.sh run FOLDER SEED TAP MAC
#                               becomes the QEMU that boots it. SEED is a folder with user-data, meta-data and network-config; the TAP
#                               is there. What the console says goes to SEED.console
#
# Environment of run: MEMORY MiB (1024), ACCEL tcg or kvm (tcg: needs nothing), DISK, a file that is made a copy of the image if it is not
# there (without: changes are thrown away).
# Environment of build: SUITE (bookworm), MIRROR (debootstrap's own choice), MORE packages that are installed (none).
set -euo pipefail

build() {
  local folder=$1 root suite=${SUITE:-bookworm} recipe
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  exec 9>"$folder/lock"
  flock 9 # two tests at once make it once
  recipe=$(sha256sum <"$0" | cut -c1-64)" $suite ${MIRROR:-} ${MORE:-}"
  if [ -s "$folder/disk" ] && [ "$(cat "$folder/recipe" 2>/dev/null)" = "$recipe" ]; then return; fi
  rm -f "$folder/recipe"
  # dpkg waits for the disk thousands of times; a disk in memory does not let it wait.
  local where=$folder
  if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 3000000 ] 2>/dev/null; then where=/dev/shm; fi
  root=$(mktemp -d "$where/vw-debian.XXXXXX")
  # shellcheck disable=SC2064 # as it is now
  trap "umount '$root/proc' 2>/dev/null || true; rm -rf '$root'" EXIT
  chmod 755 "$root"
  mkdir -p "$folder/packages"
  # python3-cffi-backend: debootstrap does not see which package is what another one calls by a name of its own.
  local include=systemd,systemd-sysv,udev,dbus,linux-image-cloud-amd64,initramfs-tools,cloud-init,python3-cffi-backend,openssh-server,sudo,iproute2,nftables
  include+=,netplan.io,iputils-ping,procps,kmod,python3,ca-certificates
  debootstrap --variant=minbase --cache-dir="$folder/packages" --include=$include "$suite" "$root" ${MIRROR:+"$MIRROR"} >"$folder/build.log" 2>&1 ||
    { tail -n 30 "$root/debootstrap/debootstrap.log" >&2; echo "Debian $suite cannot be had${MIRROR:+ from $MIRROR}" >&2; exit 1; }
  if [ -n "${MORE:-}" ]; then
    # Nothing of it is to run here.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    mount -t proc none "$root/proc"
    # shellcheck disable=SC2086 # words
    { chroot "$root" apt-get -q update && DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -q -y --no-install-recommends install $MORE; } \
      >>"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2; echo "cannot install $MORE in Debian $suite" >&2; exit 1; }
    umount "$root/proc"
    rm "$root/usr/sbin/policy-rc.d"
  fi
  # What a disk of this machine takes, and no more: it is unpacked by an emulated processor at every boot.
  sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=gzip/' "$root/etc/initramfs-tools/initramfs.conf"
  printf 'virtio_pci\nvirtio_blk\nvirtio_net\next4\n' >>"$root/etc/initramfs-tools/modules"
  echo '/dev/vda / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
  # What the first boot of an image has to be told of where it runs.
  cat >"$root/etc/cloud/cloud.cfg.d/90_lab.cfg" <<'CFG'
datasource_list: [NoCloud, Ec2, None]
ssh_genkeytypes: [ed25519]
system_info: {network: {renderers: [netplan]}, default_user: {name: admin}}
locale: C.UTF-8
manage_etc_hosts: true
CFG
  # No name server is in reach: whoever asks is to be told at once, not after seconds, each time.
  echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"
  rm -f "$root"/etc/ssh/ssh_host_*
  chroot "$root" systemctl -q enable systemd-networkd ssh
  # Nothing is to be fetched or tidied by itself while a test looks at the clock.
  chroot "$root" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer man-db.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    systemd-networkd-wait-online.service
  : >"$root/etc/machine-id"
  mount -t proc none "$root/proc"
  chroot "$root" update-initramfs -u >>"$folder/build.log" 2>&1
  umount "$root/proc"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  cp "$root"/boot/vmlinuz-* "$folder/vmlinuz"
  cp "$root"/boot/initrd.img-* "$folder/initrd"
  rm -f "$folder/disk.new"
  mkfs.ext4 -q -L root -d "$root" "$folder/disk.new" 4G >>"$folder/build.log" 2>&1
  mv "$folder/disk.new" "$folder/disk"
  echo "$recipe" >"$folder/recipe"
}

run() {
  local folder=$1 seed=$2 tap=$3 mac=$4
  local disk=$folder/disk snapshot=on
  if [ -n "${DISK:-}" ]; then
    [ -s "$DISK" ] || { cp --sparse=always --reflink=auto "$disk" "$DISK.new" && mv "$DISK.new" "$DISK"; }
    disk=$DISK snapshot=off
  fi
  exec qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -machine pc,accel="${ACCEL:-tcg}" -cpu max -smp 2 -m "${MEMORY:-1024}" \
    -kernel "$folder/vmlinuz" -initrd "$folder/initrd" -append "root=/dev/vda rw console=ttyS0 net.ifnames=0 panic=1" \
    -drive file="$disk",if=virtio,format=raw,snapshot=$snapshot,cache=unsafe \
    -drive if=virtio,format=raw,readonly=on,file.driver=vvfat,file.dir="$seed",file.label=cidata \
    -netdev tap,id=net,ifname="$tap",script=no,downscript=no -device virtio-net-pci,netdev=net,mac="$mac",romfile= \
    -device virtio-rng-pci -serial file:"$seed.console"
}

case ${1:-} in
  build) build "$2" ;;
  run) shift; run "$@" ;;
  *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
