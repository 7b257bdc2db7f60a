#!/usr/bin/env bash
# Sees to what a Debian machine needs: as root installs what is missing, otherwise prints the command that would.
#   prerequisites.sh build|demo|demo-vm|demo-ec2|test|test-long|bench|bench-quick|bench-migration|bench-scale|bench-share|bench-soak …
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=config/jdk25.sh
. "$here/jdk25.sh"

for kind in "$@"; do
  case $kind in
    demo | demo-vm | demo-ec2 | bench | bench-quick | bench-migration | bench-scale | bench-share | bench-soak)
      if [ "$(id -u)" != 0 ]; then
        echo "Network namespaces and TAP devices need root. This installs what is missing, too:  sudo make $kind" >&2
        exit 1
      fi
      ;;
  esac
done

# command:package
build="mvn:maven"
demo="$build ip:iproute2 ping:iputils-ping tcpdump:tcpdump sysctl:procps jq:jq socat:socat openssl:openssl"
demo_vm="$demo curl:curl qemu-system-x86_64:qemu-system-x86 nft:nftables busybox:busybox-static cpio:cpio virsh:libvirt-clients libvirtd:libvirt-daemon
  libvirtd:libvirt-daemon-driver-qemu"
demo_ec2="$demo_vm nsenter:util-linux unshare:mount sshd:openssh-server ssh:openssh-client"
test="$demo_vm git:git gcc:gcc spin:spin systemd-analyze:systemd setpriv:util-linux sshd:openssh-server ssh-agent:openssh-client
  dnsmasq:dnsmasq-base qemu-img:qemu-utils dropbear:dropbear-bin syslinux:syslinux mcopy:mtools"
test_long="$test debootstrap:debootstrap lintian:lintian mkfs.ext4:e2fsprogs ssh:openssh-client sfdisk:fdisk"
bench_migration="$demo_vm"
bench_scale="$demo git:git iperf3:iperf3"
bench_share="$bench_scale"
bench_soak="$bench_scale"
bench_quick="$demo git:git iperf3:iperf3 ovs-vswitchd:openvswitch-switch vde_plug:vdeplug nebula:nebula fastd:fastd"
bench="$bench_quick wireguard-go:wireguard-go wg:wireguard-tools tincd:tinc openvpn:openvpn edge:n2n"

PATH=$PATH:/usr/sbin:/sbin
missing=()
for kind in "${@:-build}"; do
  case $kind in build | demo | demo-vm | demo-ec2 | test | test-long | bench | bench-quick | bench-migration | bench-scale | bench-share | bench-soak) ;; *) echo "prerequisites.sh: no such kind: $kind" >&2; exit 2 ;; esac
  list=${kind//-/_}
  for pair in ${!list}; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
done
case " $* " in *" test "*) [ -e /usr/include/stdio.h ] || missing+=(libc6-dev) ;; esac
case " $* " in *" test-long "*) [ -e /usr/lib/syslinux/mbr/mbr.bin ] || missing+=(syslinux-common) ;; esac

# Debian 12 has no JDK 25; where the archive has one, it is installed like everything else.
if [ -z "$(find_jdk25)" ]; then
  if apt-cache policy openjdk-25-jdk-headless 2>/dev/null | grep -q 'Candidate: [^(]'; then
    missing+=(openjdk-25-jdk-headless)
  elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
      && apt-cache policy openjdk-25-jdk-headless | grep -q 'Candidate: [^(]'; then
    missing+=(openjdk-25-jdk-headless)
  else
    explain_jdk25
    exit 1
  fi
fi

if [ ${#missing[@]} -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  if [ "$(id -u)" != 0 ]; then
    echo "These Debian packages are missing. Install them with:" >&2
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends -y ${missing[*]}" >&2
    exit 1
  fi
  if ! command -v apt-get >/dev/null; then
    echo "Missing, and this machine has no apt-get to install them with (names as in Debian): ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { apt-get update -qq && apt-get install --no-install-recommends -y -qq "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "apt-get could not install: ${missing[*]}" >&2
    exit 1
  fi
  rm -f "$log"
fi

# The guests' kernel comes out of Debian's archive, whose lists a small image may lack.
case " $* " in
  *" demo-vm "* | *" demo-ec2 "* | *" bench-migration "*)
    if ! [ -s "$here/../target/vm/guest/vmlinuz" ] && [ -z "$(apt-cache depends linux-image-cloud-amd64 2>/dev/null)" ]; then
      apt-get update -qq
    fi
    ;;
esac

# Instances of the stand-in for EC2 have this machine's files, and no way to Debian's archive: what is installed there is fetched for them.
case " $* " in
  *" demo-ec2 "* | *" test-long "*)
    if [ "$(id -u)" = 0 ] && ! dpkg-query -W -f '${db:Status-Abbrev}' libvirt-daemon-system 2>/dev/null | grep -q ^ii; then
      fetch() { apt-get install --download-only --install-recommends -y -qq libvirt-daemon-system qemu-system-x86 >/dev/null 2>&1; }
      fetch || { apt-get update -qq && fetch; } || { echo "cannot fetch libvirt-daemon-system for the instances" >&2; exit 1; }
    fi
    ;;
esac

for kind in "$@"; do
  case $kind in
    demo | demo-vm | demo-ec2 | bench | bench-quick | bench-migration | bench-scale | bench-share | bench-soak)
      if ! [ -c /dev/net/tun ]; then
        if ! { modprobe tun 2>/dev/null && [ -c /dev/net/tun ]; }; then
          echo "/dev/net/tun is missing: \`modprobe tun\`, or give the container --device /dev/net/tun" >&2
          exit 1
        fi
      fi
      ;;
  esac
done
