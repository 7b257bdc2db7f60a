#!/usr/bin/env bash
# real.sh against a stand-in for EC2's API (cloud-adapters/ec2-stand-in), whose instances are namespaces with files, processes and an SSH
# server of their own, in which the real package is installed:
#
#   home-1  192.0.2.2 ── gateway ── this "machine": stand-in's API on    ── 198.51.100.0/24 ── security groups, translation of addresses
#   connector                       loopback, where wire is typed          public addresses    │
#                                   (namespace RUN-me, 198.51.100.253)                         └ instance 172.31.0.4: sshd, connector
#
# OUT=DIR    where results and logs go (default target/demo-ec2)
# HIDDEN=1   home is behind a translation of addresses, as most are; then no switch moves (real.sh without --reachable)
# STOP=TERM  end the script half-way, while the package is installed there: it has to remove everything by itself
# STOP=KILL  kill it there, with all that it has started: its tear-down has to find everything by the tag, without a file of that run
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "network namespaces need root. Run:  sudo $0" >&2; exit 1; }
# shellcheck source=config/jdk25.sh
. "$top/config/jdk25.sh"
export OUT=${OUT:-$top/target/demo-ec2}
run=e$$
classes=$top/cloud-adapters/ec2-stand-in/target/classes
[ -d "$classes" ] || { echo "the stand-in is not built. Run:  sudo make demo-ec2" >&2; exit 1; }
work=$(mktemp -d "/tmp/$run.XXXXXX")
mkdir -p "$OUT"
rm -f "$OUT"/*.log "$OUT"/*.json "$OUT"/left
die() { printf '\nfailed: %s\n' "$*" >&2; exit 1; }
# Not 'ip netns exec': namespaces that are made in there would be seen in there only.
me=(nsenter --net="/run/netns/$run-me" --)
namespaces() { ip netns list | awk -v one="$run-" -v other="${run}h-" 'index($1, one) == 1 || index($1, other) == 1 {print $1}'; }

story='' standin=''
# What there is of this run: the account says it of itself, the kernel of namespaces and mounts, and each process of the namespace it is in.
left_in_account() { cat "$OUT/left" 2>/dev/null || echo unknown; }
left_here() {
  local name
  namespaces | grep -vx "$run-me" | sed 's/^/namespace /' || true
  awk -v w="$work/" 'index($5, w) == 1 {print "mount " $5}' /proc/self/mountinfo
  for name in /var/tmp/virtualwire-"$run"*; do [ ! -e "$name" ] || echo "files $name"; done
  for name in $(ip netns pids "$run-me"); do echo "process $name: $(tr '\0' ' ' <"/proc/$name/cmdline" | cut -c1-120)"; done
}
close_account() {
  [ -n "$standin" ] || return 0
  kill "$standin" 2>/dev/null || true
  wait "$standin" 2>/dev/null || true
  standin=
}
finish() {
  local status=$? name pid
  trap - EXIT
  trap '' INT TERM HUP
  # It takes down what it made, and may take a minute for that.
  if [ -n "$story" ]; then kill "$story" 2>/dev/null || true; wait "$story" 2>/dev/null || true; fi
  close_account
  case $status in
    0 | 129 | 130 | 143) ;;
    *) for name in "$OUT"/wire.log "$OUT"/ec2.log; do [ -s "$name" ] && { echo "--- $name (last lines)"; tail -n 15 "$name"; } >&2; done
      echo "all logs are in $OUT" >&2 ;;
  esac
  for name in $(namespaces); do
    for pid in $(ip netns pids "$name"); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns delete "$name" || true
  done
  rm -rf --one-file-system "$work" "$OUT/home" "/var/tmp/virtualwire-${run}a"
  exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# From in there Debian's archive is out of reach, which the guest's kernel comes from.
bash "$top/wire-testkit/src/main/resources/io/virtualwire/testkit/vm/guest.sh" build "$top/target/vm/guest" >"$OUT/guest.log" 2>&1 ||
  die "no guest: $(tail -n 2 "$OUT/guest.log")"
ip netns add "$run-me"
ip -n "$run-me" link set lo up
# Nobody is to wait for answers from where no way leads.
ip -n "$run-me" route add prohibit default
"${me[@]}" "$(find_jdk25)/bin/java" -XX:TieredStopAtLevel=1 -cp "$classes:$top/wire-cli/target/dist/*" io.virtualwire.cloud.ec2.standin.StandInProgram \
  --prefix "$run" --folder "$work/ec2" --endpoint-file "$work/endpoint" --left-file "$OUT/left" >"$OUT/ec2.log" 2>&1 &
standin=$!
for _ in $(seq 300); do [ ! -s "$work/endpoint" ] || break; kill -0 "$standin" 2>/dev/null || die "no stand-in: $(tail -n 3 "$OUT/ec2.log")"; sleep 0.1; done
AWS_ENDPOINT_URL_EC2=$(cat "$work/endpoint")
# The key that AWS's documentation uses, which opens nothing but the stand-in.
export AWS_ENDPOINT_URL_EC2 AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
story_with=(--region eu-central-1 --name "${run}a" --home "${run}h" --user root)
[ -n "${HIDDEN:-}" ] || set -- --reachable "$@"
"${me[@]}" "$here/real.sh" --yes "${story_with[@]}" --here 198.51.100.253 "$@" &
story=$!
status=0
if [ -n "${STOP:-}" ]; then
  until grep -qs ' a way in: ' "$OUT/launch.log"; do kill -0 "$story" 2>/dev/null || die "it ended by itself"; sleep 0.1; done
  [ "$STOP" = TERM ] || started=$(ps -o pid= --ppid "$story")
  # shellcheck disable=SC2086
  kill "-$STOP" "$story" ${started:-}
fi
wait $story || status=$?
story=
case ${STOP:-} in
  '') [ $status = 0 ] || exit $status ;;
  TERM) [ $status = 143 ] || die "it ended with status $status" ;;
  *)
    rm -rf "${OUT:?}/home"
    mkdir "$work/later"
    [ -n "$(namespaces | grep -vx "$run-me")" ] || die "there is nothing to tear down"
    OUT=$work/later "${me[@]}" "$here/real.sh" "${story_with[@]}" --tear-down || die "the tear-down failed"
    ;;
esac
close_account
account=$(left_in_account)
rest=$(left_here)
echo "left       in the account: ${account:-nothing}; on this machine: ${rest:-nothing}"
if [ -z "${STOP:-}" ]; then
  jq --arg account "$account" --arg here "$rest" '
    def lines: split("\n") | map(select(. != ""));
    . + {left: {inTheAccount: ($account | lines), onThisMachine: ($here | lines)}}' "$OUT/result.json" >"$OUT/result.new"
  mv "$OUT/result.new" "$OUT/result.json"
fi
[ -z "$account" ] && [ -z "$rest" ] || die "something was left"
