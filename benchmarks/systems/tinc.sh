# tinc 1.0 in switch mode, which carries Ethernet; its default cipher and digest.
sealed=true
packages="tincd:tinc"
version() { tincd --version | awk 'NR == 1 {print $3}'; }
start() { # SIDE ME OTHER NET
  local dir=$work/tinc side n
  for side in a b; do
    [ -e "$dir/$side/rsa_key.priv" ] && continue
    n=$([ $side = a ] && echo 1 || echo 2)
    mkdir -p "$dir/$side/hosts"
    printf 'Name = %s\nMode = switch\nInterface = tinc0\nBindToAddress = 192.0.2.%s\nConnectTo = %s\n' $side $n "$([ $side = a ] && echo b || echo a)" >"$dir/$side/tinc.conf"
    printf 'Address = 192.0.2.%s\n' $n >"$dir/$side/hosts/$side"
    tincd -c "$dir/$side" -K2048 </dev/null >/dev/null 2>&1
  done
  cp "$dir/a/hosts/a" "$dir/b/hosts/a"; cp "$dir/b/hosts/b" "$dir/a/hosts/b"
  spawn "$1" tincd -c "$dir/$1" -D --pidfile="$dir/$1.pid"
  address "$1" tinc0 "$4.$2" 1450
}
