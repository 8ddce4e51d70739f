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
  umount "$work/storage/overlay" 2>/dev/null || true
  rm -rf "$work"
}
