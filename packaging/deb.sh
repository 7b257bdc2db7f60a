#!/usr/bin/env bash
# Makes a Debian package of what bin/wire has built, with a Java runtime of its own, so that no JDK is needed where it is installed:
# target/deb/virtualwire_VERSION_amd64.deb. Its name is the last line that is printed.
#
#   OUT=FOLDER            where the package goes (target/deb)
#   CACHES=FILE.deb       take the ahead-of-time caches out of that package; CACHES=none: leave them out. Otherwise they are recorded,
#                         once for each state of the jars and of the runtime, and kept in target/deb/kept
#   COMPRESSION=none      do not compress it (zstd, which dpkg knows from Debian 12 on; xz takes minutes for a tenth less)
#   SOURCE_DATE_EPOCH     the time of everything in it (the build's, in pom.xml)
#
# The same jars, runtime and caches give the same bytes. A cache is a recording of a practice run, which is never the same twice:
# who wants to see that a package is made of certain sources builds these, and takes the caches from that package.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=config/jdk25.sh
. config/jdk25.sh
# shellcheck source=config/train.sh
. config/train.sh

say() { printf 'deb: %s  (%d s)\n' "$*" $SECONDS >&2; }
die() { printf 'deb: %s\n' "$*" >&2; exit 1; }

dist=wire-cli/target/dist
[ -f "$dist/complete" ] || die "nothing is built yet; run: bin/wire --build"
[ "$(dpkg --print-architecture)" = amd64 ] || die "packages are made on amd64 only, for amd64"
java_home=$(find_jdk25)
[ -n "$java_home" ] || { explain_jdk25; exit 1; }
jars=("$dist"/wire-cli-*.jar)
version=${jars[0]##*/wire-cli-}
version=${version%.jar}
# What comes before a release has to be the lesser version.
version=${version/-/\~}
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</project.build.outputTimestamp>.*|\1|p' pom.xml)" +%s)
fi
export SOURCE_DATE_EPOCH

out=${OUT:-target/deb}
kept=$PWD/target/deb/kept
mkdir -p "$out" "$kept"
out=$(cd "$out" && pwd)
work=$(mktemp -d "$kept/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
stage=$work/stage
home=$stage/usr/lib/virtualwire
mkdir "$stage"

# --- the runtime, made once for each JDK and list of modules ------------------------------------------------------------------
modules=$(sed 's/[[:space:]]*#.*//; /^$/d' packaging/runtime.modules | paste -sd,)
key=$(cat "$java_home/release" packaging/runtime.modules <(sed -n '/^# --- the runtime/,/^# --- the files/p' packaging/deb.sh) | sha256sum | cut -c1-16)
runtime=$kept/runtime-$key
if ! [ -d "$runtime" ]; then
  # A JDK without jmods links from itself, and would refuse because Debian packages put the machine's certificates in the place of its own.
  linked=()
  [ -d "$java_home/jmods" ] || linked=(--ignore-modified-runtime)
  "$java_home/bin/jlink" "${linked[@]}" --add-modules "$modules" --no-header-files --no-man-pages --compress zip-0 \
    --output "$work/runtime" >"$work/jlink.log" 2>&1 || die "jlink: $(cat "$work/jlink.log")"
  find "$work/runtime/bin" -type f ! -name java -delete
  # Not the JDK's list of files, which names what is not here.
  rm -rf "$work/runtime/man"
  # Readable, and by nobody writable; a library needs no x.
  find "$work/runtime" -type f -exec chmod 644 {} +
  chmod 755 "$work/runtime/bin/java"
  find "$work/runtime" -name jspawnhelper -o -name jexec | xargs -r chmod 755
  if ! mv -T "$work/runtime" "$runtime" 2>/dev/null; then [ -d "$runtime" ] || die "cannot keep $runtime"; fi
  say "a runtime of $(du -sm "$runtime" | cut -f1) MB"
fi

# --- the files ----------------------------------------------------------------------------------------------------------------
DESTDIR=$stage packaging/install.sh
rm -f "$home"/*.aot # of the JDK
cp -a "$runtime" "$home/runtime"
doc=$stage/usr/share/doc/virtualwire
day=$(LC_ALL=C date -u -d "@$SOURCE_DATE_EPOCH" -R)
{
  printf 'virtualwire (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md beside this file.\n\n' "$version"
  printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$day"
} | gzip -9n >"$doc/changelog.gz"
gzip -9n "$doc/CHANGELOG.md"
cat packaging/debian/copyright >"$doc/copyright"
install -d "$stage/usr/share/man/man1" "$stage/usr/share/lintian/overrides"
gzip -9n <packaging/debian/wire.1 >"$stage/usr/share/man/man1/wire.1.gz"
install -m 644 packaging/debian/lintian-overrides "$stage/usr/share/lintian/overrides/virtualwire"
# One time for all, before the recordings: a cache knows its jars by their names, sizes and times.
same_time() { find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }
same_time

# --- the caches ---------------------------------------------------------------------------------------------------------------
caches() {
  case ${CACHES:-} in
    none) return ;;
    ?*)
      dpkg-deb --fsys-tarfile "$CACHES" | tar -x -C "$stage" --wildcards './usr/lib/virtualwire/*.aot' ||
        die "there are no caches in $CACHES"
      return ;;
  esac
  local key folder
  key=$( (cd "$home" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; cat "$OLDPWD/config/train.sh"; echo "$SOURCE_DATE_EPOCH") | sha256sum | cut -c1-16)
  folder=$kept/caches-$key
  if ! [ -d "$folder" ]; then
    say "practising, for the caches"
    practise "$home/runtime/bin/java" "$home" "$work/practice.log"
    rm -f "$home"/*.config
    # A cache that Java does not take would only be weight.
    for command in --version help "connector run --help"; do
      # shellcheck disable=SC2086
      WIRE_JAVA_OPTS=-XX:AOTMode=on "$stage/usr/bin/wire" $command >>"$work/practice.log" 2>&1 ||
        { tail -n 20 "$work/practice.log" >&2; die "what 'wire $command' takes was not recorded; is the machine too busy?"; }
      # It goes to machines with other processors.
      # shellcheck disable=SC2086
      WIRE_JAVA_OPTS="-XX:AOTMode=on -XX:+AOTAdapterCaching -Xlog:aot+codecache+init" "$stage/usr/bin/wire" $command 2>&1 | grep 'AOT Code Cache is empty' >/dev/null ||
        die "what 'wire $command' takes has machine code of this machine's processor in it"
    done
    [ -f "$home/wire.aot" ] && [ -f "$home/wire-daemons.aot" ] || { tail -n 20 "$work/practice.log" >&2; die "nothing was recorded"; }
    mkdir "$work/caches"
    mv "$home"/*.aot "$work/caches/"
    mv -T "$work/caches" "$folder" 2>/dev/null || [ -d "$folder" ] || die "cannot keep $folder"
  fi
  cp "$folder"/*.aot "$home/"
}
caches
chmod 644 "$home"/*.aot 2>/dev/null || true

# --- the package --------------------------------------------------------------------------------------------------------------
install -d "$stage/DEBIAN"
size=$(find "$stage" -path "$stage/DEBIAN" -prune -o -type f -printf '%s\n' -o -printf '1024\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
sed "s/@VERSION@/$version/; s/@SIZE@/$size/" packaging/debian/control >"$stage/DEBIAN/control"
for file in connector node; do echo "/etc/virtualwire/$file.yaml"; done >"$stage/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "packaging/debian/$script" "$stage/DEBIAN/"; done
(cd "$stage" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$stage/DEBIAN/md5sums"
same_time
package=virtualwire_${version}_amd64.deb
dpkg-deb --root-owner-group --threads-max=1 -Z"${COMPRESSION:-zstd}" -z$([ "${COMPRESSION:-}" = none ] && echo 0 || echo 9) -b "$stage" "$work/$package" >/dev/null
mv "$work/$package" "$out/"
say "$package: $(($(stat -c %s "$out/$package") / 1048576)) MB, installed $((size / 1024)) MB, sha256 $(sha256sum "$out/$package" | cut -c1-16)…"
echo "$out/$package"
