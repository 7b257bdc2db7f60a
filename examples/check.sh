#!/usr/bin/env bash
# Runs every example as its README says, and looks at what crossed the underlay meanwhile. Root, namespaces.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/.." && pwd)
out=$top/target/examples
mkdir -p "$out"
# Daemons that live for a minute would be compiled for most of it, on the two cores that everything else needs.
[ "${LONG:-}" = 1 ] || export WIRE_JAVA_OPTS=${WIRE_JAVA_OPTS:--XX:TieredStopAtLevel=1}
passed=0 failed=0
result() { # STATUS WHAT
  if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok      $2"; else failed=$((failed + 1)); echo "FAILED  $2"; fi
}
# absent FILE WHAT PATTERN…: none of the byte strings occurs (6 bytes at least: shorter ones occur by chance)
absent() {
  local file=$1 what=$2 pattern; shift 2
  for pattern in "$@"; do
    if LC_ALL=C grep -qaF -- "$pattern" "$file"; then echo "found '$pattern' in $file"; result 1 "$what"; return; fi
  done
  result 0 "$what"
}
# present FILE WHAT PATTERN: the control of the test above, that the pattern can be found where it must be
present() { LC_ALL=C grep -qaF -- "$3" "$1"; result $? "$2"; }

# looked_around LOG: what was left up with KEEP=1 says there what to type; the last of it takes everything down
looked_around() {
  local line what home
  home=$(sed -n 's/^  export WIRE_HOME=//p' "$1")
  while IFS= read -r line; do
    case $line in
      export\ *) ;;
      *) WIRE_HOME=$home timeout 60 bash -c "$line" >"${1%.log}-around.log" 2>&1
        what=$?; [ $what = 0 ] || cat "${1%.log}-around.log"
        result $what "after KEEP=1: ${line#*-}" ;;
    esac
  done < <(sed -n '/^Left up/,$ s/^  //p' "$1")
  # Namespaces are named after the folder, /tmp/NAME.XXXXXX/home.
  line=${home%.*}
  [ "$(ip netns list | grep -c "^${line##*/}-")" = 0 ] && ! [ -e "$home" ]; result $? "nothing is left of it"
}

# typed FILE: the commands that a document tells to type, without what it says about them
typed() { grep -E '^host[ab]# ' "$1" | sed 's/  *# .*//'; }
unknown=$(typed "$top/README.md" | grep -vxFf <(typed "$here/01-two-hosts/README.md"))
[ -z "$unknown" ] || echo "not among the commands of examples/01-two-hosts: $unknown"
[ -z "$unknown" ]; result $? "README.md tells to type what examples/01-two-hosts runs"

# Here what counts is that a stream flows through all that happens, not how much: at this rate the two cores serve the rest as well.
two_clouds() {
  local wan=$out/wan.pcap inside=$out/inside.pcap cluster=$out/cluster.pcap status=0
  KEEP=1 FAULTS=1 CAPTURE=$wan CAPTURE_INSIDE=$inside CAPTURE_CLUSTER=$cluster STREAM_MIB=${STREAM_MIB:-64} \
    STREAM_MIB_PER_SECOND=$([ "${LONG:-}" = 1 ] || echo 4) OUT=$out/02-two-clouds \
    bash "$here/02-two-clouds/run.sh" >"$out/02-two-clouds.log" 2>&1 & child=$!
  wait $child || status=$?
  tail -n $([ $status = 0 ] && echo 24 || echo 60) "$out/02-two-clouds.log"
  result $status "examples/02-two-clouds"
  [ $status = 0 ] || return 0
  looked_around "$out/02-two-clouds.log"
  present "$inside.db" "the guests' payload is seen inside a guest" "ViRtua"
  present "$inside.app" "the guests' stream is seen inside a guest" "1000000042"
  present "$cluster" "Hazelcast is seen on a node's loopback" "hazelcast"
  absent "$wan" "no guest payload on the underlay" "ViRtua" "1000000042" "1000100042" "1001000042"
  absent "$wan" "no Hazelcast on the underlay" "hazelcast" "__vertx" "com.hazel"
  absent "$wan" "no Raft on the underlay" "ratis." "org.apache" "fabric-"
  rm -f "$wan" "$inside".* "$cluster"
}
# The longest waits most of its time for what it broke on purpose, so the others run beside it; its daemons go as soon as it is done.
: >"$out/02-two-clouds.log"
(
  child=
  trap 'kill $child 2>/dev/null; wait; exit 143' TERM
  two_clouds
) >"$out/two-clouds.log" 2>&1 &
clouds=$!
trap 'kill $clouds 2>/dev/null; wait; exit 130' INT TERM HUP
# Its moves are looked at for themselves first.
until grep -q '^written to' "$out/02-two-clouds.log" 2>/dev/null || ! kill -0 $clouds 2>/dev/null; do sleep 1; done

bash "$here/01-two-hosts/run.sh" >"$out/01-two-hosts.log" 2>&1
status=$?; [ $status = 0 ] || tail -n 40 "$out/01-two-hosts.log"
result $status "examples/01-two-hosts"

bash "$here/03-event-bus/run.sh" >"$out/03-event-bus.log" 2>&1
status=$?; [ $status = 0 ] || tail -n 60 "$out/03-event-bus.log"
result $status "examples/03-event-bus"

# One move is enough to see that everything fits together; all of them take minutes.
if [ "${LONG:-}" = 1 ]; then stages="there back together virsh" keep=1; else stages=there keep=; fi
KEEP=$keep STAGES=$stages OUT=$out/04-live-migration bash "$here/04-live-migration/run.sh" >"$out/04-live-migration.log" 2>&1
status=$?; tail -n $([ $status = 0 ] && echo 6 || echo 60) "$out/04-live-migration.log"
result $status "examples/04-live-migration"
if [ $status = 0 ] && [ "$keep" = 1 ]; then looked_around "$out/04-live-migration.log"; fi
# The lab of examples/04-live-migration comes up and goes, as its README types it, or at least at both ends.
lab=l$$
sed -n 's/  *# .*//; s/^\(\.\/lab\.sh [a-z]*\) demo/\1 '$lab'/p' "$here/04-live-migration/README.md" | sed "s/ demo / $lab /g; s/ demo)/ $lab)/" >"$out/lab.sh"
[ "${LONG:-}" = 1 ] || sed -i '2,$ { /\.sh down/! d }' "$out/lab.sh"
(cd "$here/04-live-migration" && bash -e "$out/lab.sh") >"$out/lab.log" 2>&1
status=$?; [ $status = 0 ] || cat "$out/lab.sh" "$out/lab.log"
result $status "examples/04-live-migration/lab.sh"
bash "$here/04-live-migration/lab.sh" down $lab
if [ "${LONG:-}" = 1 ]; then
  bash "$here/04-live-migration/two-hosts.sh" >"$out/two-hosts.log" 2>&1
  status=$?; [ $status = 0 ] || tail -n 60 "$out/two-hosts.log"
  result $status "examples/04-live-migration/two-hosts.sh"
fi

if [ "${LONG:-}" = 1 ]; then
  # With jars that have just been built, and the package that is made of them.
  { "$top/packaging/deb.sh" && OUT=$out/05-ec2 bash "$here/05-ec2/run.sh"; } >"$out/05-ec2.log" 2>&1
  status=$?; tail -n $([ $status = 0 ] && echo 6 || echo 60) "$out/05-ec2.log"
  result $status "examples/05-ec2"
  HIDDEN=1 OUT=$out/05-ec2-hidden bash "$here/05-ec2/run.sh" >"$out/05-ec2-hidden.log" 2>&1
  status=$?; tail -n $([ $status = 0 ] && echo 6 || echo 60) "$out/05-ec2-hidden.log"
  result $status "examples/05-ec2 from behind a translation of addresses"
  for stop in TERM KILL; do
    STOP=$stop OUT=$out/05-ec2-$stop bash "$here/05-ec2/run.sh" >"$out/05-ec2-$stop.log" 2>&1
    status=$?; [ $status = 0 ] || tail -n 60 "$out/05-ec2-$stop.log"
    result $status "examples/05-ec2 leaves nothing when it hears SIG$stop half-way"
  done
fi

bash "$top/packaging/check.sh" >"$out/packaging.log" 2>&1 &
packaging=$!
trap 'kill $clouds $packaging 2>/dev/null; wait; exit 130' INT TERM HUP
bash "$top/docs/check.sh" >"$out/docs.log" 2>&1
status=$?; [ $status = 0 ] || tail -n 60 "$out/docs.log"
result $status "docs: $(tail -n 1 "$out/docs.log")"

wait $packaging
status=$?; [ $status = 0 ] || cat "$out/packaging.log"
result $status "packaging"

bash "$top/packaging/check-deb.sh" >"$out/deb.log" 2>&1
status=$?; [ $status = 0 ] || tail -n 60 "$out/deb.log"
result $status "the Debian package: $(grep -c '([0-9]* s)$' "$out/deb.log") checks"
if [ "${LONG:-}" = 1 ]; then
  bash "$top/packaging/check-guest.sh" >"$out/guest.log" 2>&1
  status=$?; cat "$out/guest.log"
  result $status "a Debian guest boots with our user data, and installs the package"
  bash "$top/packaging/check-vpc.sh" >"$out/vpc.log" 2>&1
  status=$?; cat "$out/vpc.log"
  result $status "two hosts in one VPC of the stand-in for EC2 move machines between them"
  ONLY=launch bash "$top/packaging/check-hosts.sh" >"$out/hosts.log" 2>&1
  status=$?; cat "$out/hosts.log"
  result $status "a Debian guest is launched in the stand-in for EC2, and is a host"
  ONLY=libvirt bash "$top/packaging/check-hosts.sh" >"$out/libvirt.log" 2>&1
  status=$?; cat "$out/libvirt.log"
  result $status "a Debian guest is launched by libvirt, and is a host"
fi

wait $clouds
cat "$out/two-clouds.log"
passed=$((passed + $(grep -c '^ok  ' "$out/two-clouds.log"))) failed=$((failed + $(grep -c '^FAILED' "$out/two-clouds.log")))
grep -q ' examples/02-two-clouds$' "$out/two-clouds.log" || result 1 "examples/02-two-clouds ended before it was looked at"
echo "examples: $passed passed, $failed failed"
[ $failed = 0 ]
