#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# package.sh PACKAGE: installs the package for systemd hosts below a folder and lets systemd's own tools judge it; then runs the
# installed program as the unit's user, with the /proc, the privileges and the read-only system that the unit leaves it.
# systemd itself runs it in booted.sh.
set -euo pipefail
package=$(readlink -f "$1")
command -v systemd-analyze >/dev/null || { echo "package.sh: systemd-analyze is not installed" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "package.sh: $*" >&2; exit 1; }
# Of the classes that a start loads and the archive lacks: 2 and 3 were measured, of which no archive takes one.
readonly MOST_UNKNOWN=20

mkdir "$work/unpacked" "$work/root"
tar -xzf "$package" -C "$work/unpacked"
for _ in first again; do
  "$work"/unpacked/bulla-*/install.sh "$work/root" >/dev/null
done

echo "== systemd-analyze verify, which exits with 0 on unknown keys: any word is a failure"
mkdir -p "$work/units" "$work/root/etc"
sed "s|/opt/bulla/bin|$work/root/opt/bulla/bin|" "$work/root/usr/lib/systemd/system/bulla.service" >"$work/units/bulla.service"
words=$(systemd-analyze verify "$work/units/bulla.service" 2>&1 || true)
[ -z "$words" ] || fail "$words"
sed -i 's/^PrivateTmp=/PrivateTemp=/' "$work/units/bulla.service"
[ -n "$(systemd-analyze verify "$work/units/bulla.service" 2>&1 || true)" ] || fail "verify passes over a misspelt key"

echo "== systemd-analyze security"
systemd-analyze security --offline=true --threshold=20 "$work/root/usr/lib/systemd/system/bulla.service" | tail -n 1
systemd-sysusers --root="$work/root" "$work/root/usr/lib/sysusers.d/bulla.conf"
grep -q '^bulla:x:65532:65532:' "$work/root/etc/passwd" || fail "no user 65532 was made"
systemd-tmpfiles --root="$work/root" --create "$work/root/usr/lib/tmpfiles.d/bulla.conf"
[ "$(stat -c '%u:%g %a' "$work/root/run/bulla")" = "65532:65532 750" ] || fail "/run/bulla has another owner or mode"

echo "== the installed program"
mkdir -p "$work/etc" "$work/run"
head -c 32 /dev/urandom >"$work/etc/kek"
printf 'scope: package\nsocket: { path: %s/run/kms.sock, allowedUids: [0] }\nkeks:\n  - { name: k, role: write, local: { keyFile: %s/etc/kek } }\n' "$work" "$work" >"$work/etc/bulla.yaml"
# The launcher takes the other archive of classes for a configuration that says so somewhere.
{ cat "$work/etc/bulla.yaml"; echo '# no aws'; } >"$work/etc/with-aws.yaml"
chmod 711 "$work"
chmod 600 "$work/etc/kek"
chown -R 65532:65532 "$work/etc" "$work/run"

serves() { # configuration, archive of classes
  # shellcheck disable=SC2016
  timeout 90 unshare --mount --propagation private bash -euc '
    mkdir -p /opt && mount --bind "$1/root/opt" /opt && mount -o remount,bind,ro /opt
    mount -t proc -o hidepid=invisible proc /proc
    exec setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
      env JAVA_TOOL_OPTIONS=-XX:NoSuchOption /opt/bulla/bin/bulla serve --config "$1/etc/$2"' bash "$work" "$1" 2>"$work/log" &
  process=$!
  for _ in $(seq 60); do
    ! "$work/root/opt/bulla/jre/bin/java" -Djava.library.path="$work/root/opt/bulla/app/native" -jar "$work/root/opt/bulla/app/bulla.jar" probe --socket "unix://$work/run/kms.sock" >"$work/probe" 2>&1 || break
    sleep 0.5
  done
  cat "$work/probe"
  grep -q '^passed' "$work/probe" || { cat "$work/log" >&2; fail "it does not serve"; }
  plugin=$(pgrep -P "$process")
  grep -q "/app/$2\$" "/proc/$plugin/maps" || fail "the archive of classes $2 is not in use"
  kill "$plugin"
  wait "$process" || fail "SIGTERM did not end it with 0"
}
serves bulla.yaml bulla.jsa
serves with-aws.yaml bulla-aws.jsa

echo "== the archive of classes has what a start loads"
# shellcheck disable=SC2016
timeout 90 unshare --mount --propagation private bash -euc '
  mkdir -p /opt && mount --bind "$1/root/opt" /opt
  exec setpriv --reuid 65532 --regid 65532 --clear-groups /opt/bulla/jre/bin/java @/opt/bulla/app/jvm.options \
    -XX:SharedArchiveFile=/opt/bulla/app/bulla.jsa -Xlog:class+load:file="$1/run/classes" -Djava.library.path=/opt/bulla/app/native \
    -jar /opt/bulla/app/bulla.jar serve --config "$1/etc/bulla.yaml"' bash "$work" 2>"$work/log" &
process=$!
for _ in $(seq 60); do
  ! grep -q dek_adopted "$work/log" || break
  sleep 0.5
done
grep -q dek_adopted "$work/log" || { cat "$work/log" >&2; fail "it has no data key within 30 s"; }
sleep 2 # until it has warmed up, too
pkill -P "$process"
wait "$process" || true
grep -q 'dev.bulla.Main source: shared objects file' "$work/run/classes" || fail "the archive of classes is not in use: $(tail -n 1 "$work/log")"
# Of its own: code for lambdas, which an archive can hold.
grep -e 'source: file:.*/bulla\.jar' -e 'dev\.bulla.*Lambda.* source: dev\.bulla' "$work/run/classes" >"$work/unknown" || true
echo "$(wc -l <"$work/unknown") classes are not in it"
[ "$(wc -l <"$work/unknown")" -le "$MOST_UNKNOWN" ] || { cat "$work/unknown" >&2; fail "the lists are stale: make them anew with deploy/image/classes.sh"; }
echo "package: passed"
