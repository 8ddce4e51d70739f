#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# booted.sh PACKAGE: installs the package on a machine that systemd has booted, and lets systemd run the shipped unit. The machine
# is a container with this host's own /usr below an overlay, so that nothing is fetched. Ends within 3 minutes.
# Not to be seen in a container: a memory limit above the container's, LimitMEMLOCK, a negative OOMScoreAdjust.
set -euo pipefail
package=$(readlink -f "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
init=/usr/lib/systemd/systemd
[ -x "$init" ] && [ -L /lib ] || { echo "booted.sh: there is no systemd in /usr" >&2; exit 3; }
command -v podman >/dev/null || { echo "booted.sh: podman is not installed" >&2; exit 3; }

work=$(mktemp -d)
. "$here/../image/containers.sh"
trap remove_containers EXIT

machine=$work/machine
mkdir -p "$machine"/{usr,etc,var/lib,run,tmp,proc,sys,dev,opt,test}
for folder in bin sbin lib lib64; do
  [ ! -L "/$folder" ] || ln -s "usr/$folder" "$machine/$folder"
done
cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$machine/etc/"
: >"$machine/etc/machine-id"
cp "$package" "$machine/test/package.tar.gz"
cp "$here/inside.sh" "$machine/test/"

# An API server's static pod has the socket's folder mounted: so has the process that inside.sh starts in a mount namespace.
pod run -d --name machine --systemd=always --network none --cap-add SYS_ADMIN --security-opt apparmor=unconfined \
  -v /usr:/usr:O --rootfs "$machine" "$init" >/dev/null
for _ in $(seq 100); do
  state=$(pod exec machine systemctl is-system-running 2>/dev/null || true)
  case $state in running | degraded) break ;; esac
  sleep 0.2
done
case $state in running | degraded) ;; *) echo "booted.sh: systemd is not up but: $state" >&2; exit 1 ;; esac
pod exec machine bash /test/inside.sh
echo "systemd: passed"
