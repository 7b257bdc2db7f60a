#!/usr/bin/env bash
# A Linux guest for tests and demonstrations, made of Debian's kernel package and busybox: 14 MB, and up in 5 s without KVM.
#
#   guest.sh build FOLDER                  makes FOLDER/vmlinuz and FOLDER/initrd.gz, unless they are there
#   guest.sh xml FOLDER NAME TAP,MAC,IP/NN…
#                                          prints a libvirt domain of that guest; the TAPs are made by somebody else
#
# It answers ping, says who it is by HTTP (/cgi-bin/id: name, boot id, uptime), panics when asked to (/cgi-bin/panic), rewrites
# 16 MiB for 20 s (/cgi-bin/dirty), and echoes TCP to port 7.
# Environment of xml: MEMORY MiB (192), DIRTY MiB that it rewrites for ever (0), MTU (1500), ACCEL qemu or kvm (qemu: needs nothing).
set -euo pipefail

build() {
  local folder=$1 package modules root
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9 # two tests at once make it once
  if [ -s "$folder/vmlinuz" ] && [ "$folder/initrd.gz" -nt "$0" ]; then return; fi
  if ldd "$(command -v busybox)" >/dev/null 2>&1; then
    echo "a busybox with everything in it is needed. Run:  apt-get install busybox-static" >&2
    exit 1
  fi
  cd "$folder"
  if ! [ -s vmlinuz ] || ! [ -d modules ] || ! [ -d more ]; then
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends:/ {print $2; exit}')
    rm -rf package ./*.deb
    if [ -z "$package" ] || ! apt-get -q -o APT::Sandbox::User=root download "$package" >download.log 2>&1; then
      cat download.log >&2 2>/dev/null
      echo "Debian's linux-image-cloud-amd64 cannot be had. Run:  apt-get update" >&2
      exit 1
    fi
    dpkg-deb -x "$package"_*.deb package
    modules=$(echo package/lib/modules/*)
    rm -rf modules more; mkdir modules
    # In the order of loading. Only what a network card takes.
    for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net; do
      cp "$(find "$modules" -name "$module.ko" | head -n 1)" modules/
      echo "$module.ko" >>modules/order
    done
    # What a disk takes, for cloud-image.sh.
    mkdir more.new
    for module in virtio_blk fat vfat nls_cp437 nls_ascii; do
      cp "$(find "$modules" -name "$module.ko" | head -n 1)" more.new/
      echo "$module.ko" >>more.new/order
    done
    mv more.new more
    cp package/boot/vmlinuz-* vmlinuz
    rm -rf package ./*.deb
  fi
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,proc,sys,dev,modules,www/cgi-bin,tmp}
  cp "$(command -v busybox)" "$root/bin/busybox"
  cp modules/* "$root/modules/"
  cat >"$root/www/cgi-bin/id" <<'CGI'
#!/bin/sh
printf 'Content-type: text/plain\r\n\r\n'
echo "$(hostname) $(cat /proc/sys/kernel/random/boot_id) $(cat /proc/uptime)"
CGI
  printf '#!/bin/sh\necho c >/proc/sysrq-trigger\n' >"$root/www/cgi-bin/panic"
  cat >"$root/www/cgi-bin/dirty" <<'CGI'
#!/bin/sh
printf 'Content-type: text/plain\r\n\r\n'
# Pages of zeros would not count.
yes wire | head -c 16m >/tmp/dirty
for _ in $(seq 20); do
  timeout 1 sh -c 'while :; do dd if=/tmp/dirty of=/tmp/dirtied bs=1M conv=notrunc; done'
done </dev/null >/dev/null 2>&1 &
CGI
  cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
arg() { sed -n "s/.*\bwire\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
hostname "$(arg name)"
ip link set lo up
n=0
while [ -n "$(arg ip$n)" ]; do
  tries=0
  while [ ! -e "/sys/class/net/eth$n" ] && [ $tries -lt 100 ]; do usleep 50000; tries=$((tries + 1)); done
  ip link set "eth$n" mtu "$(arg mtu)"
  ip link set "eth$n" up
  ip addr add "$(arg ip$n)" dev "eth$n"
  n=$((n + 1))
done
httpd -h /www -p 80
nc -ll -p 7 -e /bin/cat &
dirty=$(arg dirty)
if [ "$dirty" -gt 0 ]; then
  # Pages of zeros would not count.
  mount -t tmpfs -o size=$((2 * dirty + 4))m t /tmp
  yes wire | head -c "${dirty}m" >/tmp/from
  (while :; do dd if=/tmp/from of=/tmp/to bs=1M conv=notrunc 2>/dev/null; done) &
fi
echo "guest ready after $(cut -d' ' -f1 /proc/uptime) s" >/dev/console
exec setsid sh -c 'exec sh </dev/ttyS0 >/dev/ttyS0 2>&1'
INIT
  chmod +x "$root/init" "$root/www/cgi-bin/"*
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -9) >initrd.new
  mv initrd.new initrd.gz
  rm -rf "$root"
}

xml() {
  local folder=$1 name=$2 nic tap mac address n=0 interfaces='' addresses=''
  shift 2
  for nic in "$@"; do
    IFS=, read -r tap mac address <<<"$nic"
    addresses+=" wire.ip$n=$address"
    interfaces+="
    <interface type='ethernet'>
      <mac address='$mac'/>
      <target dev='$tap' managed='no'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>"
    n=$((n + 1))
  done
  cat <<XML
<domain type='${ACCEL:-qemu}'>
  <name>$name</name>
  <memory unit='MiB'>${MEMORY:-192}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$folder/vmlinuz</kernel>
    <initrd>$folder/initrd.gz</initrd>
    <cmdline>console=ttyS0 quiet panic=1 wire.name=$name wire.mtu=${MTU:-1500} wire.dirty=${DIRTY:-0}$addresses</cmdline>
  </os>
  <features><acpi/></features>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff><on_reboot>destroy</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>$interfaces
    <serial type='file'><source path='/var/log/libvirt/$name.console'/><target port='0'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
XML
}

case ${1:-} in
  build) build "$2" ;;
  xml) shift; xml "$@" ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
