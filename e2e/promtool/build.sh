#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds promtool, without service discovery, from its Go module into a cache outside the tree. The last line on stdout is
# its program. From nothing: about 4 minutes on two cores.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v go >/dev/null || { echo "The tests of the alert rules build promtool: install Go 1.26 or newer." >&2; exit 3; }

cd "$here"
key=$(cat build.sh go.mod go.sum | sha256sum | cut -c1-16)
cache=${BULLA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulla}/promtool-$key
mkdir -p "$cache"

# One builder at a time; the second finds the work done.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$cache/promtool" ]; then
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false"
  go build -trimpath -tags remove_all_sd -ldflags "-s -w" -o "$cache/new" github.com/prometheus/prometheus/cmd/promtool >&2
  mv "$cache/new" "$cache/promtool"
fi
echo "$cache/promtool"
