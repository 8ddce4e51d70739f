#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes classes.txt anew: the classes of the class archive, from a start of `bulla serve`. Two starts never load quite the
# same classes, so the list is kept; names that have gone are passed over, and new classes are loaded from their jars.
# The archive has all that a JVM needs before main, and of the rest what costs most to load: Netty, gRPC and Bulla, until the
# socket is made. All classes of a start would make it 40 MB and the image 113.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/.mvn/jdk.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
head -c 32 /dev/urandom >"$work/kek"
chmod 600 "$work/kek"
printf 'scope: classes\nsocket: { path: %s/kms.sock }\nkeks:\n  - { name: k, role: write, local: { keyFile: %s/kek } }\n' "$work" "$work" >"$work/bulla.yaml"
"$JAVA_HOME/bin/java" "@$root/deploy/jvm.options" -Xshare:off -XX:DumpLoadedClassList="$work/list" -jar "$root"/kms-plugin/target/bulla-kms-plugin-*.jar \
  serve --config "$work/bulla.yaml" 2>"$work/log" &
for _ in $(seq 600); do
  ! grep -q 'serving on' "$work/log" || break
  sleep 0.1
done
kill $!
wait $!
names() { grep -v '^[#@]' "$work/list" | grep -v 'source:' | sed 's/ id:.*//'; }
{ names | sed -n 1,460p; names | grep -E '^(io/netty|io/grpc|dev/bulla)/'; } | awk '!seen[$0]++' | sed -n 1,960p >"$here/classes.txt"
wc -l "$here/classes.txt"
