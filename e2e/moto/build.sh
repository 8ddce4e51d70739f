#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs moto, a stand-in for AWS KMS in Python, into a cache outside the tree. The last line on stdout is its program.
set -euo pipefail

version=5.2.5
command -v python3 >/dev/null || { echo "The tests against moto need Python 3.10 or newer: install it." >&2; exit 3; }

cache=${BULLA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulla}/moto-$version
mkdir -p "$cache"

# One builder at a time; the second finds the work done.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$cache/done" ]; then
  rm -rf "$cache/venv"
  python3 -m venv "$cache/venv" >&2
  "$cache/venv/bin/pip" install -q "moto[server]==$version" >&2
  touch "$cache/done"
fi
echo "$cache/venv/bin/moto_server"
