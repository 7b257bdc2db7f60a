# The veth itself: what every other figure is measured against.
sealed=false
version() { uname -r; }
start() { :; }
target() { echo 192.0.2.2; }
