# n2n: two edges that found each other through a supernode, with its own key and its default MTU of 1400.
sealed=true
packages="edge:n2n supernode:n2n"
version() { dpkg-query -W -f '${Version}' n2n; }
start() { # SIDE ME OTHER NET
  [ "$1" = b ] || spawn a supernode -l 7654
  spawn "$1" edge -d n2n0 -a "$4.$2" -c bench -k benchmark-key -l 192.0.2.1:7654 -s 255.255.255.0
}
