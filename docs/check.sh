#!/usr/bin/env bash
# Runs what the documents show. A line <!-- run: NAME --> stands before each block that is run here, word for word, in two hosts;
# <!-- run by: FILE --> names what else runs or compares it; <!-- text: REASON --> says why there is nothing to run. A block without
# such a line fails, and so does a NAME that nothing here runs.  usage: check.sh [marks]     marks: only look at these lines
#
#     hosta 192.0.2.2                  hostb 198.51.100.10        network namespaces, each with its own host name and with an
#     authority on 192.0.2.1 ── veth ── node west                 /etc, /usr and /var/lib over this machine's, so that
#     node east on 192.0.2.10                                     'make install' installs, and nothing of it stays
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/.." && pwd)
cd "$top"

# docs/cli is made from the commands; docs/wire-protocol.md has drawings and messages, which its vectors and the codecs' tests hold.
# What is built is not even looked into: tests that run beside this make and remove folders there.
documents() { find . \( -name target -o -name .git -o -path ./docs/cli \) -prune -o -name '*.md' -not -path ./docs/wire-protocol.md -print | sed 's|^\./||' | sort; }
# One line a block: FILE LINE MARK
blocks() (
  cd "$top"
  documents | while IFS= read -r file; do
    awk -v file="$file" '
      /^```/ { inside = !inside; if (inside) print file "\t" NR "\t" mark }
      !inside && NF { mark = /^<!-- .* -->$/ ? substr($0, 6, length($0) - 9) : "" }' "$file"
  done
)
# block NAME: what that block says
block() {
  local found file line
  found=$(blocks | awk -F'\t' -v mark="run: $1" '$3 == mark')
  [ "$(wc -l <<<"$found")" = 1 ] && [ -n "$found" ] || fail "there is not one block marked 'run: $1' in the documents"
  IFS=$'\t' read -r file line _ <<<"$found"
  awk -v begin="$line" 'NR > begin { if (/^```/) exit; print }' "$top/$file"
  echo "$1" >>"$work/ran"
}
fail() {
  echo "docs: $1" >&2
  tail -n 8 "${work:-/nonexistent}"/*.log >&2 2>/dev/null || true
  exit 1
}

if [ "${1:-}" != inside ]; then
  work=$(mktemp -d /tmp/vwd.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  bad=0 shown=0
  while IFS=$'\t' read -r file line mark; do
    shown=$((shown + 1))
    case $mark in
      'run: '* | 'text: '?*) ;;
      'run by: '*)
        by=${mark#run by: }
        [ -f "$by" ] && grep -qF -e "${file##*/}" -e "${file%/*}/" "$by" || { echo "$file:$line: $by does not read it" >&2; bad=1; } ;;
      *) echo "$file:$line: nothing says who runs this" >&2; bad=1 ;;
    esac
  done < <(blocks)
  while IFS= read -r name; do
    grep -qE "(typed [a-z]+|same|block) $name( |\)|\"|$)" "$0" || [[ $name =~ ^(topology|vlans|storm|static|vms)$ ]] || { echo "nothing in docs/check.sh runs: $name" >&2; bad=1; }
  done < <(blocks | sed -n 's/.*\trun: //p')
  [ $bad = 0 ] || exit 1
  [ "${1:-}" != marks ] || exit 0
  if [ "$(id -u)" != 0 ] || ! [ -c /dev/net/tun ]; then
    echo "$shown blocks; running them needs root and /dev/net/tun"
    [ "${CI:-}" != true ] || exit 1
    exit 0
  fi
  bin/wire --build
  a=vwd-a-$$ b=vwd-b-$$
  tidy() {
    local ns pid
    for ns in $a $b; do
      for pid in $(ip netns pids $ns 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
      ip netns del $ns 2>/dev/null || true
    done
    rm -rf "$work"
  }
  trap tidy EXIT
  trap 'exit 143' INT TERM HUP
  for ns in $a $b; do ip netns add $ns; ip -n $ns link set lo up; done
  ip link add eth0 netns $a type veth peer name eth0 netns $b
  for address in 192.0.2.1 192.0.2.2 192.0.2.10; do ip -n $a address add $address/24 dev eth0; done
  ip -n $b address add 198.51.100.10/24 dev eth0
  ip -n $a link set eth0 up; ip -n $b link set eth0 up
  ip -n $a route add 198.51.100.0/24 dev eth0; ip -n $b route add 192.0.2.0/24 dev eth0
  touch "$work/ran"
  status=0
  WIRE_NO_BUILD=1 unshare --mount --propagation private bash "$0" inside "$work" $a $b || status=$?
  [ $status = 0 ] || exit $status
  unknown=$(blocks | sed -n 's/.*\trun: //p' | grep -vxFf "$work/ran" || true)
  [ -z "$unknown" ] || fail "nothing here runs: $unknown"
  echo "docs: $shown blocks, $(sort -u "$work/ran" | wc -l) of them run here"
  exit 0
fi

# --- inside: folders of its own over this machine's ------------------------------------------------------------------
work=$2 a=$3 b=$4
trap 'fail "this failed: $BASH_COMMAND"' ERR
mkdir "$work/over"
mount -t tmpfs -o mode=755 none "$work/over"
for folder in /etc /usr /var/lib; do
  mkdir -p "$work/over$folder" "$work/over/.work$folder"
  mount -t overlay -o "lowerdir=$folder,upperdir=$work/over$folder,workdir=$work/over/.work$folder" none $folder
done
printf '127.0.0.1 localhost\n192.0.2.2 hosta\n198.51.100.10 hostb\n' >/etc/hosts
# As udev makes it; a machine without udev may keep it to root.
mknod -m 666 "$work/tun" c 10 200
mount --bind "$work/tun" /dev/net/tun
mkdir "$work/bin" "$work/person"
cat >"$work/bin/sudo" <<'SH'
#!/bin/sh
# What the documents use of it, on machines that have none.
if [ "$1" = -u ]; then user=$2; shift 2; exec setpriv --reuid "$user" --regid "$user" --init-groups env "$@"; fi
exec "$@"
SH
chmod 755 "$work" "$work/bin" "$work/bin/sudo"
export PATH=$work/bin:$PATH HOME=$work/person
unset WIRE_HOME

# at HOST: sets $at to what makes a command one of somebody who logged in there
at() {
  local ns=$a
  [ "$1" = hosta ] || ns=$b
  at=(nsenter "--net=/run/netns/$ns" unshare --uts sh -c 'hostname "$0" && exec "$@"' "$1")
}
on() { at "$1"; shift; "${at[@]}" "$@"; } # HOST COMMAND…
# typed HOST NAME [sed expression]: each line of a block, there
typed() { on "$1" bash -euc "$(block "$2" | sed "${3:-}")" || fail "$1: $2"; }
# background HOST LOG SIGN COMMAND…: until its log has that sign. $last is its pid.
background() {
  local host=$1 log=$work/$2.log sign=$3; shift 3
  at "$host"
  "${at[@]}" "$@" >"$log" 2>&1 & last=$!
  for ((i = 0; i < 900; i++)); do
    ! grep -q "$sign" "$log" || return 0
    kill -0 $last 2>/dev/null || fail "this ended: $*"
    sleep 0.1
  done
  fail "not ready: $*"
}
# answers COMMAND…: until it does, which on a busy machine may take a daemon's first requests longer than a client waits
answers() {
  for ((i = 0; i < 20; i++)); do ! on hosta "$@" >"$work/answers.log" 2>&1 || return 0; sleep 0.5; done
  fail "no answer: $*: $(cat "$work/answers.log")"
}
stop() { kill "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }
# same NAME JQ: the block and standard input say the same things
same() {
  local said there
  said=$(block "$1" | jq -Sc "$2"); there=$(jq -Sc "$2")
  [ "$said" = "$there" ] || fail "$1 shows $said, but it is $there"
}

# --- docs/operations.md: install ---------------------------------------------------------------------------------------
typed hosta install
person=$work/person
on hosta sh -c 'wire init --tenant acme && cd && for n in hosta node-east; do wire identity issue $n --out $n.wire; done' >"$work/init.log"
cd "$person"
typed hosta install-credentials
printf 'name: hosta\n' >>/etc/virtualwire/connector.yaml
background hosta connector-tried "is ready" bash -c "exec $(block try-connector)"
grep -q '^CapEff:[[:space:]]*0000000000001000$' "/proc/$last/status" || fail "the connector that is tried has other capabilities than its unit's"
stop $last

# --- identities, and daemons that enrol ----------------------------------------------------------------------------------
background hosta authority "answers" bash -c "exec $(block run-authority)"
# No systemd runs here: packaging/check-systemd.sh starts the unit.
typed hosta authority-unit 's/^sudo systemctl .*/:/' >>"$work/init.log"
grep -qx 'ADDRESS=192.0.2.1' /etc/virtualwire/authority.env || fail "the authority's unit would not find its address"
[ "$(stat -c %U /var/lib/virtualwire-authority/tenant)" = virtualwire-authority ] || fail "the authority could not write its folder"
mapfile -t tokens < <(typed hosta make-tokens | grep -oE 'wire-[A-Za-z0-9_-]{20,}')
[ ${#tokens[@]} = 2 ] || fail "no tokens: ${tokens[*]}"
mapfile -t enrol < <(block enrol)
# Who enrols asks once, and on a busy machine the first answer of the authority may be late.
for ((i = 0; i < 10; i++)); do ! on hosta curl -s -m 20 -o "$work/answers.log" --insecure https://192.0.2.1:7491/ || break; sleep 0.2; done
export HOME=$work/hostb-home
mkdir "$HOME"
background hostb hostb "is ready" bash -c "exec ${enrol[0]/TOKEN/${tokens[0]}}"
background hostb west " " bash -c "exec ${enrol[1]/TOKEN/${tokens[1]}}"
export HOME=$person
on hosta wire host add hosta 192.0.2.2 >"$work/hosts.log"
on hosta wire host add hostb 198.51.100.10 >>"$work/hosts.log"

# --- configuration, and the node -----------------------------------------------------------------------------------------
background hosta hosta "is ready" wire connector run --config /etc/virtualwire/connector.yaml --identity "$person/hosta.wire"; hosta=$last
printf 'name: east\nlisten: 192.0.2.10\npeers: [east=192.0.2.10, west=198.51.100.10]\n' >"$work/east.yaml"
background hosta east "is up" wire node run --config "$work/east.yaml" --identity "$person/node-east.wire"
answers wire endpoint ls --host hosta
answers wire switch ls --node 192.0.2.10
typed hosta reload >"$work/reload.log"
typed hosta reload-enforce >>"$work/reload.log"
stop $hosta

# --- a connector's life ----------------------------------------------------------------------------------------------------
hosta() { background hosta "$1" "is ready" bash -c "exec $2"; answers wire endpoint ls --host hosta; }
hosta hosta-1 "wire connector run --name hosta"; old=$last
hosta hosta-2 "$(block take-over)"; hosta=$last
wait $old || fail "the connector that was replaced ended with status $?"
state=$person/.config/virtualwire/state/hosta

# docs/rest-api.md
ask() { # METHOD PATH [BODY]
  on hosta curl -s --retry 5 --retry-connrefused --cert "$person/.config/virtualwire/admin.wire" --insecure -X "$1" ${3:+-H 'Content-Type: application/json' --data-binary "$3"} "https://hosta:7472$2"
}
ask PUT /v1/endpoints/web '{}' >/dev/null
ask PUT /v1/wires/0b6f0000-0000-4000-8000-000000000001/sides/a "$(block connect-body)" | jq -e '.endpoint | endswith("web")' >/dev/null || fail "the body of a connect is refused"
ask DELETE /v1/endpoints/web | same rest-error '[keys, .code, .hint]'
ask GET /v1/wires | jq -e length >/dev/null
ask DELETE '/v1/endpoints/web?force=true' >/dev/null

# docs/operations.md: the audit log
cd "$state"
typed hosta audit-queries >"$work/audit.out"
grep -q 'removeEndpoint.*IN_USE' "$work/audit.out" || fail "the audit log does not have what was refused"
jq -cs 'map(select(.outcome == "refused"))[0] + {key: ""}' audit.jsonl | same audit-line keys
cd "$top"

typed hosta drain >"$work/drain.log"
mkdir "$work/backup"
typed hosta copy-journal "s|STATE|$state|; s|BACKUP|$work/backup|"
kill -9 $hosta; wait $hosta 2>/dev/null || true
cmp -s "$state/journal" "$work/backup/journal" || fail "the copy of the journal is another"
hosta hosta-3 "$(block salvage)"

# --- docs/topology.md, docs/event-bus.md: two nodes have begun by now --------------------------------------------------------
for ((i = 0; i < 600; i++)); do ! grep -q "is up" "$work/west.log" || break; sleep 0.1; done
grep -q "is up" "$work/west.log" || fail "node west is not up"
on hosta wire switch create lan --on east --node 192.0.2.10 >"$work/create.log" 2>&1 || fail "no switch"
on hosta wire migrate lan --to west --node 192.0.2.10 >"$work/migrate.log" 2>&1 || fail "the switch does not move"
on hosta curl -s --retry 5 --retry-connrefused --cert "$person/.config/virtualwire/admin.wire" --insecure 'https://192.0.2.10:7482/v1/events?since=0&follow=false' |
  jq -cs 'map(select(.type == "component.moved"))[0]' | same event '[(del(.key) | keys), .type, .component, .node, .from]'
typed hosta drain-node >"$work/drain-node.log"
grep -q "west is empty" "$work/drain-node.log" || fail "the node is not emptied: $(cat "$work/drain-node.log")"
for name in topology vlans storm static vms; do
  block $name >"$work/$name.yaml"
  on hosta wire apply -f "$work/$name.yaml" --node 192.0.2.10 >"$work/$name.log" 2>&1 || fail "$name is refused"
  on hosta wire diff -f "$work/$name.yaml" --node 192.0.2.10 --exit-code >>"$work/$name.log" 2>&1 || fail "$name is not what is wanted then"
done
block bus-frames | jq -es 'map(.type) == ["send", "rec", "register", "rec", "ping"]' >/dev/null || fail "the frames of the bus are no JSON"

typed hosta revoke >"$work/revoke.log"
