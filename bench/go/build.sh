#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmark's Go programs, the driver, a bare KMS v2 plugin and a raw echo, into a cache outside the tree, under a
# key of what they are built from. The last line on stdout is their folder.
set -euo pipefail

command -v go >/dev/null || { echo "The comparison drives the servers with kube-apiserver's own client: install Go 1.26 or newer." >&2; exit 3; }

cd "$(dirname "${BASH_SOURCE[0]}")"
key=$(cat build.sh go.mod go.sum */*.go | sha256sum | cut -c1-16)
cache=${BULLA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulla}/bench-$key
mkdir -p "$cache"

# One builder at a time; the second finds the work done.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$cache/bin" ]; then
  out=$(mktemp -d "$cache/new.XXXXXX")
  trap 'rm -rf "$out"' EXIT
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false"
  go build -trimpath -ldflags "-s -w" -o "$out/" ./... >&2
  mv "$out" "$cache/bin"
  trap - EXIT
fi
echo "$cache/bin"
