#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the image for this machine's architecture, without a base image and without a container engine, and the package for
# hosts with systemd from the same files. Needs a JDK 25, a C compiler, strip, unzip, Python 3, and GNU tar, gzip and coreutils.
# build.sh [--full-archive]: with the package's larger archive of classes in the image too, which then is larger than the 90 MB that it is
# otherwise held to, and starts sooner in less memory (docs/decisions.md, 59).
# Into kms-plugin/target/image: bulla-VERSION-ARCH.tar, an OCI layout that `docker load` reads as well; bulla-VERSION-linux-ARCH.tar.gz;
# the SBOM; a provenance statement; SHA256SUMS. The last line on stdout is the image's digest: the same for the same commit on the same tools.
set -euo pipefail
umask 022
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/kms-plugin/target/image
# Bytes of all files: what the project holds itself to.
most=90000000
classes=("$here/classes-image.txt")
case ${1-} in
  '') ;;
  --full-archive) most=150000000 classes=("$here/classes.txt" "$here/classes-aws.txt") ;;
  *) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

revision=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
(cd "$root" && ./mvnw -q -B "-Dbulla.commit=$revision" -pl kms-plugin -am package org.cyclonedx:cyclonedx-maven-plugin:makeBom -DskipTests >&2)
rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n 's:^  <version>\(.*\)</version>$:\1:p' "$root/pom.xml" | sed -n 1p)
created=$(sed -n 's:.*<project.build.outputTimestamp>\(.*\)</.*:\1:p' "$root/pom.xml")
case $(uname -m) in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  *) echo "build.sh: $(uname -m): Bulla is built for x86-64 and ARM64" >&2; exit 2 ;;
esac
name=bulla-$version-$arch

"$here/stage.sh" "$work/app"
"$here/archive.py" "$work/app" bulla.jsa "${classes[@]}"
cp "$work/app/opt/bulla/share/sbom.cdx.json" "$out/$name.cdx.json"

# The C library's files that the runtime and Netty's library name, where the loader looks for them; and who 65532 is.
mkdir -p "$work/base/etc"
find "$work/app/opt/bulla" \( -name java -o -name '*.so' \) -exec ldd {} \; |
  awk '{ file = $2 == "=>" ? $3 : $1 } file ~ "^/(usr/)?lib" { print file }' | sort -u | while read -r file; do
  mkdir -p "$work/base$(dirname "$file")"
  cp -L "$file" "$work/base$file"
done
echo 'bulla:x:65532:65532:Bulla:/:/sbin/nologin' >"$work/base/etc/passwd"
echo 'bulla:x:65532:' >"$work/base/etc/group"
echo 'hosts: files dns' >"$work/base/etc/nsswitch.conf"
find "$work/base" -type d -exec chmod 755 {} + -o -type f -exec chmod 755 {} +
chmod 644 "$work"/base/etc/*
# The runtime changes seldom, the program often.
mkdir -p "$work/base/opt/bulla"
mv "$work/app/opt/bulla/jre" "$work/base/opt/bulla/"

archive() { # folder
  tar --create --directory "$1" --sort=name --format=gnu --mtime=@1 --owner=0 --group=0 --numeric-owner .
}
bytes=$(find "$work/base" "$work/app" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
[ "$bytes" -le "$most" ] || { echo "build.sh: the image has $bytes bytes, more than $most" >&2; exit 1; }

layout=$work/layout
blobs=$layout/blobs/sha256
mkdir -p "$blobs"
blob() { # file: moves it to the blobs and prints its digest
  local sum
  sum=$(sha256sum "$1" | cut -d' ' -f1)
  mv "$1" "$blobs/$sum"
  echo "$sum"
}
diffs=() layers=() paths=()
for layer in base app; do
  archive "$work/$layer" >"$work/layer.tar"
  diffs+=("\"sha256:$(sha256sum "$work/layer.tar" | cut -d' ' -f1)\"")
  gzip -n -9 "$work/layer.tar"
  size=$(stat -c %s "$work/layer.tar.gz")
  sum=$(blob "$work/layer.tar.gz")
  layers+=("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$sum\",\"size\":$size}")
  paths+=("\"blobs/sha256/$sum\"")
done
joined() { local IFS=,; echo "$*"; }

cat >"$work/config" <<JSON
{"created":"$created","architecture":"$arch","os":"linux","config":{"User":"65532:65532","Entrypoint":["/opt/bulla/bin/bulla"],"Cmd":["serve","--config","/etc/bulla/bulla.yaml"],"WorkingDir":"/","StopSignal":"SIGTERM","Labels":{"org.opencontainers.image.title":"bulla","org.opencontainers.image.description":"A Kubernetes KMS v2 plugin","org.opencontainers.image.version":"$version","org.opencontainers.image.revision":"$revision","org.opencontainers.image.created":"$created","org.opencontainers.image.licenses":"Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0 AND LGPL-2.1-or-later AND BSD-3-Clause AND MIT AND MIT-0","dev.bulla.sbom":"/opt/bulla/share/sbom.cdx.json"}},"rootfs":{"type":"layers","diff_ids":[$(joined "${diffs[@]}")]},"history":[{"created":"$created","created_by":"runtime and C library"},{"created":"$created","created_by":"bulla $version"}]}
JSON
size=$(stat -c %s "$work/config")
config=$(blob "$work/config")
cat >"$work/manifest" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$config","size":$size},"layers":[$(joined "${layers[@]}")]}
JSON
size=$(stat -c %s "$work/manifest")
digest=$(blob "$work/manifest")
cat >"$layout/index.json" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$digest","size":$size,"platform":{"architecture":"$arch","os":"linux"},"annotations":{"io.containerd.image.name":"localhost/bulla:$version","org.opencontainers.image.ref.name":"$version"}}]}
JSON
echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
# What `docker load` and `podman load` read; the layers are the same files.
echo "[{\"Config\":\"blobs/sha256/$config\",\"RepoTags\":[\"localhost/bulla:$version\"],\"Layers\":[$(joined "${paths[@]}")]}]" >"$layout/manifest.json"
archive "$layout" >"$out/$name.tar"

mv "$work/base/opt/bulla/jre" "$work/app/opt/bulla/"
# The launcher takes the second one for a configuration with AWS.
"$here/archive.py" "$work/app" bulla.jsa "$here/classes.txt"
"$here/archive.py" "$work/app" bulla-aws.jsa "$here/classes.txt" "$here/classes-aws.txt"
mkdir -p "$work/package/bulla-$version"
mv "$work/app/opt/bulla" "$work/package/bulla-$version/files"
if [ -d "$root/deploy/systemd" ]; then
  cp "$root"/deploy/systemd/* "$work/package/bulla-$version/"
fi
archive "$work/package" | gzip -n -9 >"$out/bulla-$version-linux-$arch.tar.gz"
# What was made, of what and with what, as SLSA's provenance has it; nobody has signed it.
. "$root/.mvn/jdk.sh"
subjects=()
for file in "$out"/*; do
  subjects+=("{\"name\":\"${file##*/}\",\"digest\":{\"sha256\":\"$(sha256sum "$file" | cut -d' ' -f1)\"}}")
done
cat >"$out/$name.provenance.json" <<JSON
{"_type":"https://in-toto.io/Statement/v1","subject":[$(joined "${subjects[@]}")],"predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{"buildType":"https://bulla.dev/build-image/v1","externalParameters":{"command":"deploy/image/build.sh${1:+ $1}","architecture":"$arch"},"resolvedDependencies":[{"name":"sources","digest":{"gitCommit":"$revision"}},{"name":"jdk","annotations":{"version":"$(sed -n 's/^IMPLEMENTOR_VERSION="\(.*\)"$/\1/p' "$JAVA_HOME/release")"}},{"name":"cc","annotations":{"version":"$("${CC:-cc}" -dumpfullversion)"}}]},"runDetails":{"builder":{"id":"https://bulla.dev/build-image/by-hand"}}}}
JSON
(cd "$out" && sha256sum ./*.tar ./*.tar.gz ./*.json >SHA256SUMS)
echo "$bytes bytes in all files, $(stat -c %s "$out/$name.tar") packed: $out/$name.tar" >&2
echo "sha256:$digest"
