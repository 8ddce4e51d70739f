#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# podman.sh IMAGE-TAR: loads the image with podman, runs it as the static pod does (user 65532, read-only root, no capability,
# no network but the host's) and calls it from the host through its socket, then plays the shipped manifest. podman ignores
# a manifest's probes, seccomp profile, priority and grace period: a kubelet does not. Ends within 3 minutes.
set -euo pipefail

tar=$(readlink -f "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
command -v podman >/dev/null || { echo "podman.sh: podman is not installed" >&2; exit 3; }

work=$(mktemp -d)
. "$here/containers.sh"
trap remove_containers EXIT
fail() { echo "podman.sh: $*" >&2; pod logs bulla >&2 2>/dev/null || true; exit 1; }

mkdir -p "$work/etc" "$work/socket" "$work/journal"
head -c 32 /dev/urandom >"$work/etc/kek"
cat >"$work/etc/bulla.yaml" <<YAML
scope: image-test
socket: { path: /var/run/bulla/kms.sock, mode: "0660", allowedUids: [0] }
keks:
  - { name: primary, role: write, local: { keyFile: /etc/bulla/kek } }
journal: { path: /var/lib/bulla/journal }
YAML
chmod 600 "$work/etc/kek"
chmod 750 "$work/socket"
chmod 700 "$work/journal"
chown -R 65532:65532 "$work/etc" "$work/socket" "$work/journal"

probe() {
  for _ in $(seq 40); do
    if "$root/bulla" probe --socket "unix://$work/socket/kms.sock" >"$work/probe" 2>&1; then
      cat "$work/probe"
      return 0
    fi
    sleep 0.5
  done
  cat "$work/probe" >&2
  fail "the socket does not serve"
}

cd "$work"
pod load -q -i "$tar"
image=$(pod images --format '{{.Repository}}:{{.Tag}}' | sed -n 1p)

commit=$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)
pod run --rm --network none "$image" version | grep -qF "commit $commit," || fail "it does not say of which commit it is"

echo "== run, read-only, as 65532, without a capability, under the shipped seccomp profile"
# These would stop a JVM, or load code into it, if they reached it.
pod run -d --name bulla --read-only --read-only-tmpfs=false --user 65532:65532 --cap-drop ALL --security-opt no-new-privileges --network none \
  --security-opt "seccomp=$root/deploy/seccomp/bulla.json" --memory 256m -e JAVA_TOOL_OPTIONS=-XX:NoSuchOption -e JDK_JAVA_OPTIONS=-Dx=y -e _JAVA_OPTIONS=-agentlib:none -e LD_PRELOAD=/none.so \
  -v "$work/etc:/etc/bulla:ro" -v "$work/socket:/var/run/bulla" -v "$work/journal:/var/lib/bulla" "$image" >/dev/null
probe
pid=$(pod inspect -f '{{.State.Pid}}' bulla)
grep -q '/opt/bulla/app/bulla.jsa' "/proc/$pid/maps" || fail "the class archive is not in use: it does not fit its jars"
grep -q '/opt/bulla/app/native/libnetty' "/proc/$pid/maps" || fail "Netty's library is not the one in the image"
grep -q '^CapEff:\s*0*$' "/proc/$pid/status" || fail "it has capabilities"
[ "$(stat -c %u "/proc/$pid/root/var/run/bulla/kms.sock")" = 65532 ] || fail "the socket is not 65532's"
! tr '\0' '\n' <"/proc/$pid/environ" | grep -qE '^[^=]*JAVA|^LD_' || fail "an option of the JVM came in by the environment"
for shell in /bin/sh /bin/bash /usr/bin/env; do
  [ ! -e "/proc/$pid/root$shell" ] || fail "the image has $shell"
done
echo "resident: $(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status") kB"
pod stop -t 10 bulla >/dev/null
[ "$(pod inspect -f '{{.State.ExitCode}}' bulla)" = 0 ] || fail "SIGTERM did not end it with 0"
[ ! -e "$work/socket/kms.sock" ] || fail "a socket is left behind"
[ -s "$work/journal/journal" ] || fail "no journal was written"
pod rm bulla >/dev/null

echo "== deploy/static-pod/bulla.yaml, with this test's folders"
sed -e "s|path: /etc/bulla,|path: $work/etc,|" -e "s|path: /var/run/bulla,|path: $work/socket,|" -e "s|path: /var/lib/bulla,|path: $work/journal,|" \
  -e "s|image: .*|image: $image|" "$root/deploy/static-pod/bulla.yaml" >"$work/pod.yaml"
pod play kube "$work/pod.yaml" >/dev/null
probe
pod pod stop -t 10 -a >/dev/null
[ ! -e "$work/socket/kms.sock" ] || fail "a socket is left behind"
echo "image: passed"
