#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stage.sh OUT: makes OUT/opt/bulla, the whole program with its own Java runtime, from the jars in kms-plugin/target.
# Every file's bytes follow from the jars, the JDK and the compiler; every time is 1970-01-01T00:00:01, because the class
# archive holds the jars' times and sizes and is refused when they differ.
set -euo pipefail

out=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/kms-plugin/target
. "$root/.mvn/jdk.sh"
bulla=$out/opt/bulla

# What the jars need, by jdeps, without what they only look for: java.sql (gson), java.security.jgss (Apache's client), jdk.jfr (Netty).
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.httpserver,jdk.management,jdk.net,jdk.unsupported

mkdir -p "$bulla"/{bin,app/lib,app/native,share}
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-9 --output "$bulla/jre"
# Tools, and files that only tools read.
(cd "$bulla/jre" && rm -f bin/jwebserver bin/keytool lib/classlist lib/jrt-fs.jar lib/jexec)
find "$bulla/jre/lib" -name '*.so' -exec strip --strip-unneeded {} +

cp "$target"/bulla-kms-plugin-*.jar "$bulla/app/bulla.jar"
cp "$target"/lib/*.jar "$bulla/app/lib/"
# The library itself, so that Netty unpacks nothing into /tmp, which the image does not have.
native=$(echo "$bulla"/app/lib/netty-transport-native-epoll-*-linux-"$(uname -m | sed 's/aarch64/aarch_64/')".jar)
unzip -q -j "$native" 'META-INF/native/*.so' -d "$bulla/app/native"
rm "$bulla"/app/lib/netty-transport-native-epoll-*.jar
cp "$root/deploy/jvm.options" "$bulla/app/"

"${CC:-cc}" -std=c17 -Wall -Wextra -Werror -Os -ffreestanding -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables \
  -nostdlib -static -no-pie -s -Wl,--build-id=none,-z,noexecstack -o "$bulla/bin/bulla" "$here/launcher.c"

find "$bulla" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
chmod 755 "$bulla"/bin/bulla "$bulla"/jre/bin/java "$bulla"/jre/lib/jspawnhelper
find "$bulla" -exec touch -h -d @1 {} +
# A dump from a list of classes, unlike one at the end of a run, has the same bytes each time. The class path is in it, so
# that it is given by a name that no folder is in; at a start only what follows the jars' common folder is compared.
# One in some forty dumps has its parts in another order, for a reason that is not known: the first that comes twice counts.
list=$here/classes.txt
dump() {
  (cd "$bulla/app" && ../jre/bin/java @jvm.options -Xlog:all=off -Xshare:dump -XX:SharedClassListFile="$list" \
    -XX:SharedArchiveFile="$1" -cp /proc/self/cwd/bulla.jar >/dev/null && sha256sum "$1" | cut -d' ' -f1)
}
seen=
for attempt in 1 2 3 4 5 6; do
  sum=$(dump bulla.jsa)
  case $seen in *"$sum"*) break ;; esac
  [ "$attempt" -lt 6 ] || { echo "stage.sh: no two class archives were the same" >&2; exit 5; }
  seen="$seen $sum"
done
[ -s "$bulla/app/bulla.jsa" ] || { echo "stage.sh: no class archive was made" >&2; exit 5; }
"$JAVA_HOME/bin/java" -cp "$target/lib/*" "$here/Sbom.java" "$target/bom.json" "$bulla" "$here/licenses" "$root/LICENSE"
chmod 644 "$bulla/app/bulla.jsa"
find "$bulla/share" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
find "$out" -exec touch -h -d @1 {} +
