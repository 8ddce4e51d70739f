#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stage.sh OUT: makes OUT/opt/bulla, the whole program with its own Java runtime, from kms-plugin/target, all but
# the archive of classes, which archive.py adds.
# Every file's bytes follow from the jar, the JDK and the compiler; every time is 1970-01-01T00:00:01, because the class
# archive holds the jar's time and size and is refused when they differ.
set -euo pipefail

out=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$root/kms-plugin/target
. "$root/.mvn/jdk.sh"
bulla=$out/opt/bulla

# What the jars need, by jdeps, without what they only look for: java.sql (gson), java.security.jgss (Apache's client), jdk.jfr (Netty).
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.httpserver,jdk.management,jdk.net,jdk.unsupported

mkdir -p "$bulla"/{bin,app/native,share}
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-9 --output "$bulla/jre"
# Tools, and files that only tools read.
(cd "$bulla/jre" && rm -f bin/jwebserver bin/keytool lib/classlist lib/jrt-fs.jar lib/jexec)
find "$bulla/jre/lib" -name '*.so' -exec strip --strip-unneeded {} +

cp "$target/bulla.jar" "$bulla/app/"
# The library itself, so that Netty unpacks nothing into /tmp, which the image does not have.
native=$(echo "$target"/lib/netty-transport-native-epoll-*-linux-"$(uname -m | sed 's/aarch64/aarch_64/')".jar)
unzip -q -j "$native" 'META-INF/native/*.so' -d "$bulla/app/native"
cp "$root/deploy/jvm.options" "$bulla/app/"

"${CC:-cc}" -std=c17 -Wall -Wextra -Werror -Os -ffreestanding -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables \
  -nostdlib -static -no-pie -s -Wl,--build-id=none,-z,noexecstack -o "$bulla/bin/bulla" "$here/launcher.c"

find "$bulla" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
chmod 755 "$bulla"/bin/bulla "$bulla"/jre/bin/java "$bulla"/jre/lib/jspawnhelper
find "$bulla" -exec touch -h -d @1 {} +
"$JAVA_HOME/bin/java" -cp "$target/lib/*" "$here/Sbom.java" "$target/bom.json" "$target/lib" "$bulla" "$here/licenses" "$root/LICENSE"
find "$bulla/share" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
find "$out" -exec touch -h -d @1 {} +
