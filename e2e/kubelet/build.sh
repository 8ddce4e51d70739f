#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds kubelet from the same Go modules as kube-apiserver (e2e/kube), into a cache outside the tree. The last line on
# stdout is the program. From nothing: 8 minutes on two cores; 3 minutes after e2e/kube/build.sh; otherwise at once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$here/module
kube_version=v1.37.2
command -v go >/dev/null || { echo "The kubelet test builds kubelet: install Go 1.26 or newer." >&2; exit 3; }

key=$(cat "$here/build.sh" "$module"/go.{mod,sum} | sha256sum | cut -c1-16)
cache=${BULLA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulla}/kubelet-$key
mkdir -p "$cache"
# One builder at a time; the second finds the work done.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$cache/kubelet" ]; then
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false"
  flags="-s -w"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags="$flags -X $package.gitVersion=$kube_version -X $package.gitMajor=1 -X $package.gitMinor=37 -X $package.gitTreeState=clean -X $package.gitCommit=$kube_version"
  done
  echo "building kubelet" >&2
  (cd "$module" && go build -trimpath -ldflags "$flags" -o "$cache/new" k8s.io/kubernetes/cmd/kubelet) >&2
  mv "$cache/new" "$cache/kubelet"
fi
echo "$cache/kubelet"
