#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two builds of the image from one commit, in two directories, give the same digest, and the provenance statement names
# what was built. Wants everything committed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q "$root" "$copy/another-folder"
here=$("$root/deploy/image/build.sh" | tail -n 1)
there=$(umask 077 && "$copy/another-folder/deploy/image/build.sh" | tail -n 1)
[ "$here" = "$there" ] || { echo "twice.sh: $here here, $there in another folder" >&2; exit 1; }
cmp "$root"/kms-plugin/target/image/SHA256SUMS "$copy"/another-folder/kms-plugin/target/image/SHA256SUMS
python3 - "$root/kms-plugin/target/image" "$(git -C "$root" rev-parse HEAD)" <<'PYTHON'
import glob, hashlib, json, os, sys

folder, commit = sys.argv[1:]
[file] = glob.glob(folder + "/*.provenance.json")
with open(file) as text:
    statement = json.load(text)
stated = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
built = {
    os.path.basename(each): hashlib.sha256(open(each, "rb").read()).hexdigest()
    for each in glob.glob(folder + "/*")
    if each != file and not each.endswith("SHA256SUMS")
}
assert stated == built and len(built) == 3, (stated, built)
sources, jdk, compiler = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
assert sources["digest"]["gitCommit"] == commit, sources
assert jdk["annotations"]["version"] and compiler["annotations"]["version"], (jdk, compiler)
PYTHON
echo "twice the same: $here"
