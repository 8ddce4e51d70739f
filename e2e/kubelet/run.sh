#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh IMAGE-TAR KUBE-PARTS KUBELET MOTO: a control plane of static pods on a real kubelet and containerd, with etcd,
# kube-apiserver and the shipped manifest of Bulla, whose KEK is moto's: every order of start, kubelet restarted, Bulla
# killed, upgraded in both ways and rolled back under 20 writes/s, the API server as another user, and a node that boots
# while the KEK is dead. Root, containerd, runc and a C compiler are needed. Ends within 8 minutes.
# Not as on a node: no CNI (all pods have hostNetwork), kubelet without an API server of its own, the folders of the host
# are this test's, and moto stands for AWS KMS.
set -euo pipefail

image_tar=$(readlink -f "$1") parts=$2 kubelet=$3 moto=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
for program in containerd ctr runc cc curl python3; do
  command -v "$program" >/dev/null || { echo "run.sh: $program is not installed" >&2; exit 3; }
done

work=$(mktemp -d)
manifests=$work/manifests
api=https://127.0.0.1:26443
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
. "$here/node.sh"
trap finish EXIT

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
fail() {
  echo "run.sh: $*" >&2
  tail -n 5 "$work"/log/*/*/*.log 2>/dev/null | cut -c1-300 >&2 || true
  exit 1
}
# await SECONDS WHAT COMMAND…: prints how long it took.
await() {
  local seconds=$1 what=$2 begun
  shift 2
  begun=$(date +%s%N)
  until "$@" >/dev/null 2>&1; do
    [ $(($(date +%s%N) - begun)) -lt $((seconds * 1000000000)) ] || fail "$what: not within $seconds s"
    sleep 0.1
  done
  say "$what after $((($(date +%s%N) - begun) / 1000000)) ms"
}
call() { curl -sk --max-time 10 -H "Authorization: Bearer $token" "$@"; }
api_ready() { [ "$(call "$api/readyz")" = ok ]; }
bulla_ready() { [ "$(curl -s "http://127.0.0.1:${1:-9808}/readyz" | head -n 1)" = ok ]; }
writer() { python3 "$here/writer.py" "$api" "$token" "$@"; }

prepare
say "containerd $(containerd --version | awk '{ print $3 }'), $("$kubelet" --version)"

say "== start: Bulla first"
start_kubelet
put bulla
await 30 "Bulla is ready" bulla_ready
put etcd apiserver
await 60 "the API server is ready" api_ready
# The rendered first step: this API server reads what Bulla seals; now the second, and the third.
writer write before 5
for step in 2-writers 3-sealed; do
  [ "$step" = 2-writers ] || writer rewrite
  cp "$work/rendered/encryption-$step.yaml" "$work/kubernetes/bulla/new"
  mv "$work/kubernetes/bulla/new" "$work/kubernetes/bulla/encryption.yaml"
  await 90 "the API server has read step $step" writer reloaded "$step"
done
writer write sealed 20
writer sealed "$parts/etcdctl"
writer read

say "== start: Bulla in the middle, and last"
for order in "etcd bulla apiserver" "etcd apiserver bulla"; do
  stop_pods
  for pod in $order; do
    put "$pod"
    sleep 3
  done
  await 90 "ready in the order $order" api_ready
  writer read
done

say "== kubelet is restarted"
before=$(tasks)
stop_kubelet
start_kubelet
sleep 5
[ "$before" = "$(tasks)" ] || fail "the restart of kubelet restarted pods"
writer read

# under WHAT: what it does, with 20 writes a second before, during and after; none may fail.
under() {
  local what=$1
  shift
  writer load "$work/stop" >"$work/load" &
  local load=$!
  python3 "$here/away.py" "$work/socket/kms.sock" "$work/stop" >"$work/away" &
  local away=$!
  sleep 2
  "$@"
  sleep 3
  touch "$work/stop"
  wait "$load" || fail "$what: $(cat "$work/load")"
  wait "$away"
  rm "$work/stop"
  say "$what: $(cat "$work/load"); $(cat "$work/away")"
}
kill_bulla() {
  local pid
  pid=$(pid_of bulla)
  kill -9 "$pid"
  sleep 1
  await 30 "Bulla is ready again" bulla_ready
}
beside() { # NEW OLD PORT-OF-NEW
  put "$1"
  await 30 "$1 stands by" stands_by "$3"
  remove "$2"
  await 30 "$1 serves" bulla_ready "$3"
  await 30 "$2 has ended" no_pod "$2"
}
stands_by() { curl -s "http://127.0.0.1:$1/readyz" | grep -q standing-by; }
in_place() {
  sed -i 's|image: localhost/bulla:.*|image: localhost/bulla:next|' "$manifests/bulla.yaml"
  sleep 3
  await 60 "Bulla is ready with the other image" bulla_ready
}

say "== Bulla is killed, and upgraded, under 20 writes a second"
under "killed with SIGKILL" kill_bulla
under "upgraded by a second manifest" beside bulla-b bulla 9809
grep -q '"defaultAction": "SCMP_ACT_ERRNO"' "$root/deploy/seccomp/bulla.json" || fail "the shipped profile allows what it does not name"
[ "$(awk '/^Seccomp_filters/ { print $2 }' "/proc/$(pid_of bulla-b)/status")" -ge 2 ] || fail "bulla-b has no profile of its runtime"
under "rolled back by a second manifest" beside bulla bulla-b 9808
under "upgraded in place" in_place
writer read

say "== the API server as another user, with supplementalGroups"
remove apiserver
await 30 "the API server has ended" no_pod apiserver
chown -R 1000:1000 "$work/certs" "$work/kubernetes"
put apiserver-1000
await 60 "the API server of uid 1000 is ready" api_ready
writer read
writer write other 5
remove apiserver-1000
await 30 "it has ended" no_pod apiserver-1000

say "== the node boots while the KEK is dead"
kill -STOP "$moto_pid"
reboot_node
put etcd bulla apiserver
await 30 "Bulla lives" curl -sf http://127.0.0.1:9808/livez
sleep 15
! api_ready || fail "the API server is ready without a KEK: nothing was proved"
say "Bulla says: $(curl -s http://127.0.0.1:9808/readyz | head -n 1)"
live=$(pid_of bulla)
kill -CONT "$moto_pid"
await 10 "Bulla is ready once the KEK is back" bulla_ready
await 90 "the API server is ready" api_ready
[ "$live" = "$(pid_of bulla)" ] || fail "the outage restarted Bulla"
writer read
echo "kubelet: passed"
