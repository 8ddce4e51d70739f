#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./bulla demo --apiserver: a real kube-apiserver and etcd on loopback, a Secret stored without and with Bulla, and what etcd
# holds of each. Everything lives in a temporary folder and ends with this script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
parts=$("$here/kube/build.sh")
dir=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap finish EXIT

# Both are held until both are known: one after the other, they may be the same.
read -r etcd_port api_port < <(python3 -c 'import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in held))')
token=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')

head -c 32 /dev/urandom >"$dir/kek"
chmod 600 "$dir/kek"
openssl genrsa -out "$dir/sa.key" 2048 2>/dev/null
echo "$token,admin,admin-uid,system:masters" >"$dir/tokens.csv"
cat >"$dir/bulla.yaml" <<YAML
scope: demo
socket: { path: $dir/kms.sock, mode: "0600", allowedUids: [$(id -u)] }
keks:
  - { name: demo, role: write, local: { keyFile: $dir/kek } }
YAML
config() { # the provider that writes, then the one that reads
  printf 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n  - resources: [secrets]\n    providers:\n'
  for provider in "$@"; do printf '      - %s\n' "$provider"; done
}
kms="kms: { apiVersion: v2, name: bulla, endpoint: \"unix://$dir/kms.sock\", timeout: 3s }"

"$parts/etcd" --name demo --data-dir "$dir/etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
  --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "unix://$dir/peer:0" \
  --initial-advertise-peer-urls http://127.0.0.1:1 --initial-cluster demo=http://127.0.0.1:1 \
  --unsafe-no-fsync --log-level error >"$dir/etcd.log" 2>&1 &
pids+=($!)
"$here/../bulla" serve --config "$dir/bulla.yaml" &
pids+=($!)

api_server() {
  "$parts/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 --secure-port="$api_port" \
    --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --cert-dir="$dir/certs" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$dir/sa.key" \
    --service-account-signing-key-file="$dir/sa.key" --token-auth-file="$dir/tokens.csv" --authorization-mode=RBAC \
    --disable-admission-plugins=ServiceAccount --service-cluster-ip-range=10.0.0.0/24 \
    --encryption-provider-config="$dir/enc.yaml" >"$dir/apiserver.log" 2>&1 &
  api_pid=$!
  pids+=("$api_pid")
  for _ in $(seq 300); do
    [ "$(kube get --raw /readyz 2>/dev/null)" = ok ] && return
    sleep 0.2
  done
  echo "kube-apiserver is not ready; its last lines:" >&2
  tail -n 5 "$dir/apiserver.log" >&2
  exit 5
}
kube() {
  "$parts/kubectl" --server="https://127.0.0.1:$api_port" --token="$token" --insecure-skip-tls-verify --cache-dir="$dir/cache" "$@"
}
raw() { # secret, then head or tail: which 160 bytes
  "$parts/etcdctl" --endpoints "http://127.0.0.1:$etcd_port" get "/registry/secrets/default/$1" --print-value-only | "$2" -c 160 | od -A d -c -w32 |
    sed '$d; s/^/  /'
}

config 'identity: {}' >"$dir/enc.yaml"
api_server
kube create secret generic before --from-literal=password=hunter2-in-the-clear >/dev/null
printf '\nSecret "before", stored without Bulla, its last bytes in etcd:\n\n'
raw before tail
kill -9 "$api_pid"
wait "$api_pid" 2>/dev/null || true

config "$kms" 'identity: {}' >"$dir/enc.yaml"
api_server
kube create secret generic after --from-literal=password=hunter2-in-the-clear >/dev/null
printf '\nSecret "after", stored through Bulla, its first bytes in etcd:\n\n'
raw after head
printf '\nRead back through the API server: password=%s\n' "$(kube get secret after -o 'jsonpath={.data.password}' | base64 -d)"
