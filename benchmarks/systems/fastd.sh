# fastd, a TAP between two peers, with the method that its manual recommends where nothing else is asked for.
sealed=true
packages="fastd:fastd"
version() { fastd --version | awk '{print $2}'; }
start() { # SIDE ME OTHER NET
  local dir=$work/fastd side
  mkdir -p "$dir"
  for side in a b; do
    [ -e "$dir/$side.secret" ] || fastd --generate-key --machine-readable >"$dir/$side.secret"
    echo "secret \"$(cat "$dir/$side.secret")\";" >"$dir/$side.only"
    fastd -c "$dir/$side.only" --show-key --machine-readable >"$dir/$side.key"
  done
  side=$([ "$1" = a ] && echo b || echo a)
  cat >"$dir/$1.conf" <<CONF
mode tap;
interface "fastd0";
mtu 1406;
method "salsa2012+umac";
bind 192.0.2.$2:10002;
secret "$(cat "$dir/$1.secret")";
peer "other" { key "$(cat "$dir/$side.key")"; remote 192.0.2.$3:10002; }
CONF
  spawn "$1" fastd -c "$dir/$1.conf"
  address "$1" fastd0 "$4.$2" 1406
}
