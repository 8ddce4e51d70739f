# SPDX-License-Identifier: Apache-2.0
# Sourced with a folder in $work: podman as `pod`, with runc, and limits that a machine without CAP_SYS_RESOURCE can set;
# containers, images and logs stay in that folder. remove_containers ends what was started and removes it all.
cat >"$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
export CONTAINERS_CONF=$work/containers.conf
pod() { timeout 150 podman --root "$work/storage" --runroot "$work/run" --tmpdir "$work/tmp" "$@"; }
remove_containers() {
  pod pod rm -f -a >/dev/null 2>&1 || true
  pod rm -f -a >/dev/null 2>&1 || true
  # The podman that cleans up after a container ends by itself, somewhat later, and keeps the storage's mount busy until then.
  for _ in $(seq 100); do
    mounts=$(awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r)
    [ -n "$mounts" ] || break
    xargs umount <<<"$mounts" 2>/dev/null || sleep 0.1
  done
  rm -rf --one-file-system "$work" || echo "left behind: $work, which is in use" >&2
}
