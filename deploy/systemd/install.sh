#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh [ROOT]: puts the unpacked package into place, on this host or below ROOT. Starts nothing and overwrites no
# configuration. A running Bulla goes on with the old files; `systemctl restart bulla` changes to the new ones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${1-}
put() { # file place mode
  mkdir -p "$(dirname "$root$2")"
  install -m "$3" "$here/$1" "$root$2"
}
mkdir -p "$root/opt"
rm -rf "$root/opt/bulla.new" "$root/opt/bulla.old"
# With their times: the class archive holds that of the jar.
cp -a "$here/files" "$root/opt/bulla.new"
[ ! -e "$root/opt/bulla" ] || mv "$root/opt/bulla" "$root/opt/bulla.old"
mv "$root/opt/bulla.new" "$root/opt/bulla"
rm -rf "$root/opt/bulla.old"
put bulla.sysusers /usr/lib/sysusers.d/bulla.conf 644
put bulla.tmpfiles /usr/lib/tmpfiles.d/bulla.conf 644
put bulla.service /usr/lib/systemd/system/bulla.service 644
if [ -z "$root" ]; then
  systemd-sysusers bulla.conf
  systemd-tmpfiles --create bulla.conf
  systemctl daemon-reload
fi
echo "Installed in $root/opt/bulla. Next: write /etc/bulla/bulla.yaml, 'bulla config check' it, then systemctl enable --now bulla"
