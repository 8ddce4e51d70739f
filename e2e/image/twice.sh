#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two builds of the image from one commit, in two directories, give the same digest. Wants everything committed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q "$root" "$copy/another-folder"
here=$("$root/deploy/image/build.sh" | tail -n 1)
there=$(umask 077 && "$copy/another-folder/deploy/image/build.sh" | tail -n 1)
[ "$here" = "$there" ] || { echo "twice.sh: $here here, $there in another folder" >&2; exit 1; }
cmp "$root"/kms-plugin/target/image/SHA256SUMS "$copy"/another-folder/kms-plugin/target/image/SHA256SUMS
echo "twice the same: $here"
