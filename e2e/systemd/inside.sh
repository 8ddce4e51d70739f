#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What booted.sh runs on the machine that systemd has booted.
set -euo pipefail
unit() { systemctl show bulla --value -p "$1"; }
fail() {
  echo "inside.sh: $*" >&2
  systemctl status bulla --no-pager -l >&2 || true
  exit 1
}
program=/opt/bulla/bin/bulla
answers() { "$program" probe --socket "unix://$1" >/test/probe 2>/test/probe.err && grep -q '^passed' /test/probe; }
soon() { # seconds, what, command...: how long it took, in ms
  local begin limit=$1 what=$2
  begin=$(date +%s%3N)
  shift 2
  until "$@"; do
    [ $(($(date +%s%3N) - begin)) -lt $((limit * 1000)) ] || fail "$what: not within $limit s"
    sleep 0.02
  done
  echo "$what: $(($(date +%s%3N) - begin)) ms"
}
settings() {
  mkdir -p /run/systemd/system/bulla.service.d
  printf '[Service]\n%s\n' "$1" >/run/systemd/system/bulla.service.d/test.conf
  systemctl daemon-reload
}

tar -xzf /test/package.tar.gz -C /test
for _ in first again; do
  /test/bulla-*/install.sh >/dev/null 2>&1
done
install -d -o root -g bulla -m 750 /etc/bulla
head -c 32 /dev/urandom >/etc/bulla/kek
chown bulla:bulla /etc/bulla/kek
chmod 600 /etc/bulla/kek
configure() { printf 'scope: unit\nsocket: { path: /run/bulla/kms.sock, allowedUids: [0] }\nkeks:\n  - { name: k, role: write, %s }\n' "$1" >/etc/bulla/bulla.yaml; }
configure 'local: { keyFile: /etc/bulla/kek }'

echo "== Type=notify: the start ends when Bulla says that it is ready"
systemctl enable --now bulla 2>/dev/null || fail "it does not start"
[ "$(unit ActiveState)" = active ] || fail "not active"
case $(unit StatusText) in "serving; key_id sha256:"*) ;; *) fail "another status: $(unit StatusText)" ;; esac
answers /run/bulla/kms.sock || fail "the socket does not answer"
cat /test/probe

echo "== what the unit leaves it"
process=/proc/$(unit MainPID)
for line in 'NoNewPrivs:	1' 'Seccomp:	2' 'CapEff:	0000000000000000' 'CapBnd:	0000000000000000' 'Uid:	65532	65532	65532	65532'; do
  grep -qx "$line" "$process/status" || fail "not in its status: $line"
done
grep -q bulla.jsa "$process/maps" || fail "the class archive is not in use"
hardened=$(journalctl -u bulla -o cat --no-pager | grep -m 1 '"event":"hardened"') || fail "no line says how it is protected"
case $hardened in *"filtered_calls refused"*) fail "the unit forbids Bulla's own filter of system calls" ;; esac
grep -q '^LimitMEMLOCK=infinity$' /usr/lib/systemd/system/bulla.service || fail "the unit limits locked memory: none is locked then"

echo "== killed with -9: started again"
systemctl kill -s KILL bulla
soon 10 "killed" answers /run/bulla/kms.sock
[ "$(unit NRestarts)" -ge 1 ] || fail "systemd did not start it again"

echo "== stopped by SIGSTOP: the watchdog ends it"
settings 'WatchdogSec=3'
systemctl restart bulla
before=$(unit NRestarts)
kill -STOP "$(unit MainPID)"
restarted() { [ "$(unit NRestarts)" -gt "$before" ]; }
soon 30 "stuck" restarted
journalctl -u bulla --no-pager | grep -q 'Watchdog timeout' || fail "it was not the watchdog"
soon 10 "after the watchdog" answers /run/bulla/kms.sock

echo "== RuntimeDirectoryPreserve: who has the folder mounted goes on"
mkdir /test/seen
unshare --mount bash -c 'mount --bind /run/bulla /test/seen && exec sleep 120' &
holder=$!
through_mount() { nsenter --mount="/proc/$holder/ns/mnt" "$program" probe --socket unix:///test/seen/kms.sock >/test/probe 2>/test/probe.err; }
soon 5 "mounted" through_mount
systemctl restart bulla
soon 5 "restarted" through_mount
systemctl stop bulla
systemctl start bulla
soon 5 "stopped and started" through_mount
settings 'RuntimeDirectoryPreserve=no'
systemctl stop bulla
systemctl start bulla
answers /run/bulla/kms.sock || fail "it does not serve without the setting"
! through_mount || fail "without the setting the mounted folder lives as well: this shows nothing"
kill "$holder"
settings ''

echo "== a KEK that is away at boot takes no socket away"
configure 'vault: { address: "http://127.0.0.1:9", allowPlainHttp: true, key: k, auth: { tokenFile: /etc/bulla/token } }'
echo token >/etc/bulla/token
chown bulla:bulla /etc/bulla/token
chmod 600 /etc/bulla/token
systemctl restart bulla || fail "it does not start without its KEK"
[ "$(unit ActiveState)" = active ] || fail "not active without its KEK"
[ -S /run/bulla/kms.sock ] || fail "no socket without its KEK"
case $(unit StatusText) in "serving, but cannot encrypt: "*) ;; *) fail "another status: $(unit StatusText)" ;; esac

echo "== the end"
systemctl stop bulla
[ "$(unit Result)" = success ] || fail "the end: $(unit Result)"
[ "$(unit ExecMainStatus)" = 0 ] || fail "SIGTERM did not end it with 0 but $(unit ExecMainStatus)"
