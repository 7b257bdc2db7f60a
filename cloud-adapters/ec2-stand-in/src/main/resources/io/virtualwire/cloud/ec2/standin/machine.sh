# The first process of a machine: its file systems, its name, its keys, its SSH server.
#   $1  the machine's place: upper, work and root for its files, authorized_keys
#   $2  its host name
set -e
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
root=$1/root
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
# Whoever logs in finds nothing of what whoever runs this keeps in that folder.
mount -t tmpfs -o mode=0700 tmpfs "$root/root"
# No name server is in reach: whoever asks is to be told at once, not after minutes.
rm -f "$root/etc/resolv.conf"
echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"
hostname "$2"
echo "$2" >"$root/etc/hostname"
mkdir -p "$root/run/sshd" "$root/run/netns" "$root/run/lock" "$root/etc/virtualwire-machine"
chmod 0711 "$root/run/sshd"
keys=$root/etc/virtualwire-machine
[ -s "$keys/host_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C '' -f "$keys/host_ed25519"
cp "$1/authorized_keys" "$keys/authorized_keys"
chmod 0600 "$keys/authorized_keys"
cat >"$keys/sshd_config" <<CONFIG
Port 22
HostKey /etc/virtualwire-machine/host_ed25519
AuthorizedKeysFile /etc/virtualwire-machine/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
PrintMotd no
Subsystem sftp internal-sftp
CONFIG
chroot "$root" /usr/sbin/sshd -D -e -f /etc/virtualwire-machine/sshd_config &
server=$!
until ss -ltnH 'sport = :22' | grep -q .; do
  kill -0 $server
  sleep 0.05
done
# As cloud-init says it, so that whoever logs in first can know whom to believe.
echo '-----BEGIN SSH HOST KEY KEYS-----'
cat "$keys/host_ed25519.pub"
echo '-----END SSH HOST KEY KEYS-----'
echo 'machine: ready'
wait $server
