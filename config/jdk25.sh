# shellcheck shell=sh
# Sourced by bin/wire, the Makefile's recipes and .ci/run: `find_jdk25` prints the home of a JDK of release 25 or later,
# or an empty line.
# Reads each JDK's release file instead of starting it.

jdk_release() { # HOME -> feature release, when it is a JDK and not only a JRE
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  # jdk_line is JAVA_VERSION="25.0.3"
  while IFS= read -r jdk_line; do
    case $jdk_line in
      JAVA_VERSION=*) jdk_line=${jdk_line#*\"}; jdk_line=${jdk_line%%\"*}; echo "${jdk_line%%[.+-]*}"; return 0 ;;
    esac
  done <"$1/release"
  return 1
}

find_jdk25() {
  jdk_newer=
  jdk_on_path=$(command -v java 2>/dev/null || true)
  [ -z "$jdk_on_path" ] || jdk_on_path=$(readlink -f "$jdk_on_path")
  for jdk_home in "${JAVA_HOME:-}" "${jdk_on_path%/bin/java}" /usr/lib/jvm/*25* /usr/java/*25* /opt/*jdk*25* \
      "${HOME:-/nonexistent}"/.sdkman/candidates/java/25* "${HOME:-/nonexistent}"/.jdks/*25* /usr/lib/jvm/*; do
    [ -n "$jdk_home" ] && jdk_number=$(jdk_release "$jdk_home") || continue
    case $jdk_number in *[!0-9]* | '') continue ;; esac
    if [ "$jdk_number" -eq 25 ]; then echo "$jdk_home"; return 0; fi
    [ "$jdk_number" -lt 25 ] || jdk_newer=${jdk_newer:-$jdk_home}
  done
  echo "$jdk_newer"
}

explain_jdk25() {
  cat >&2 <<'TXT'
VirtualWire needs a JDK 25, and none was found in JAVA_HOME, on PATH, under /usr/lib/jvm, ~/.sdkman or ~/.jdks.
Install one and run this again:
  a release whose archive has it:  apt-get install openjdk-25-jdk-headless
  an older one, such as Debian 12: Eclipse Temurin 25 (package temurin-25-jdk of Adoptium's apt archive)
  a JDK in a folder of your own:   sudo make demo JAVA_HOME=/path/to/jdk-25, or export JAVA_HOME without sudo
TXT
}
