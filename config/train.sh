# shellcheck shell=bash
# Sourced by bin/wire and packaging/deb.sh: the options that commands and daemons run with, and practice runs that record what
# these load in ahead-of-time caches (JEP 483, 514). A cache is of one Java and of these jars; without it they only start slower.

# Neither has machine code in it: Java 25 would record some (adapters between compiled and interpreted code), made for the processor of
# the practice run, and run it on any other, which may end with SIGILL. A package is installed on processors that nobody knows.

# shellcheck disable=SC2034 # for whoever sources it
command_flags=(-XX:-UsePerfData -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
# Small while nothing is to be done: the heap begins and becomes small, and a cache is mapped where it was made for, so that only
# those of its pages are this process's own that it writes to. How the practice run behaved is neither recorded nor replayed: what it
# had C2 compile waits with C1 until every class is there that C2 saw, which may be never. docs/performance.md says what each is worth.
daemon_flags=(-XX:+UseG1GC -Xms16m -Xmx768m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:+ExplicitGCInvokesConcurrent
  -XX:MetaspaceSize=128m -XX:+ExitOnOutOfMemoryError -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0
  -XX:-AOTReplayTraining -XX:-AOTAdapterCaching
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

# Practice is over before what the optimising compiler makes of it pays for itself.
practising=(-XX:-AOTRecordTraining -XX:TieredStopAtLevel=1)

# modernize JAVA FOLDER LOG: rewrites the jars whose classes are too old to be recorded; before the first recording
modernize() {
  local old jars=("$2"/wire-cli-*.jar)
  for old in "$2"/lib/picocli-*.jar "$2"/lib/bc*-jdk18on-*.jar; do
    "$1" "${command_flags[@]}" -cp "${jars[0]}" io.virtualwire.cli.startup.Training upgrade "$old" >>"$3" 2>&1 || true
  done
}

# practise JAVA FOLDER LOG: writes FOLDER/wire.aot, wire-asking.aot, wire-connector.aot and wire-daemons.aot, of the jars in FOLDER
practise() {
  local jars=("$2"/wire-cli-*.jar) prepare=()
  practice "$2/wire.aot" "$3" 60 "$1" "${command_flags[@]}" -XX:AOTCacheOutput="$2/wire.aot.new" \
    -cp "${jars[0]}" io.virtualwire.cli.startup.Training practise
  # So that making credentials is not recorded, another process makes those to ask with.
  prepare=("$1" "${command_flags[@]}" -cp "${jars[0]}" io.virtualwire.cli.startup.Training prepare)
  practice "$2/wire-asking.aot" "$3" 60 "$1" "${command_flags[@]}" -XX:AOTCacheOutput="$2/wire-asking.aot.new" \
    -cp "$2/asking.jar" io.virtualwire.cli.startup.Training ask
  prepare=()
  # Daemons have caches of their own, of what they load.
  # All classes of a cache are taken up when a process starts, so a connector's is without what only nodes use.
  practice "$2/wire-connector.aot" "$3" 120 "$1" "${daemon_flags[@]}" "${practising[@]}" -XX:AOTCacheOutput="$2/wire-connector.aot.new" \
    -cp "${jars[0]}" io.virtualwire.cli.startup.Training connector
  practice "$2/wire-daemons.aot" "$3" 180 "$1" "${daemon_flags[@]}" "${practising[@]}" -XX:AOTCacheOutput="$2/wire-daemons.aot.new" \
    -cp "${jars[0]}" io.virtualwire.cli.startup.Training daemons
}

# practice CACHE LOG SECONDS COMMAND…: in a wire home that is thrown away, after what stands in prepare
practice() (
  cache=$1 log=$2 limit=$3
  shift 3
  rm -f "$cache"
  home=$(mktemp -d) || exit 0
  # shellcheck disable=SC2064 # as it is now
  trap "rm -rf '$home'" EXIT
  [ ${#prepare[@]} = 0 ] || WIRE_HOME=$home timeout "$limit" "${prepare[@]}" >>"$log" 2>&1 || true
  WIRE_HOME=$home timeout "$limit" "$@" >>"$log" 2>&1 || true
  [ ! -f "$cache.new" ] || mv "$cache.new" "$cache"
)
