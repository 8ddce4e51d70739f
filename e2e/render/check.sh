#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check.sh PARTS: renders the files of each distribution with both kinds of KEK, and has kube-apiserver's and kubelet's own
# code judge the EncryptionConfigurations and the pod, strictly; then says itself what that code accepts in silence.
set -euo pipefail
parts=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "check.sh: $*" >&2; exit 1; }

for distribution in kubeadm rke2 k3s talos kops capi; do
  for kek in 'vault: { address: "https://vault.example:8200", key: bulla }' 'aws: { keyArn: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }'; do
    out=$work/$distribution-${kek%%:*}
    printf 'distribution: %s\nscope: prod-eu1\nimage: registry.example/bulla:1\n%s\n' "$distribution" "$kek" >"$out.yaml"
    "$root/bulla" render "$out.yaml" --out "$out" >/dev/null
    "$root/bulla" render "$out.yaml" --out "$out" >/dev/null 2>&1 && fail "files were written over"
    grep -q 'endpoint: "unix:///[a-z]' "$out/encryption-2-writers.yaml" || fail "$out: the endpoint has a host, or is abstract"
    [ "$(grep -hc 'kms: { apiVersion: v2,' "$out"/encryption-*.yaml | sort -u)" = 1 ] || fail "$out: a provider without apiVersion v2"
    for step in 2-writers 3-sealed; do
      [ "$(sed -n '/providers:/{n;p;}' "$out/encryption-$step.yaml" | grep -c kms)" = 1 ] || fail "$out: step $step seals nothing"
    done
  done
done
"$parts/bulla-manifests" "$work"/*/encryption-*.yaml "$work"/*/bulla-pod.yaml
