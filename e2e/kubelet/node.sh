# SPDX-License-Identifier: Apache-2.0
# A node for run.sh: containerd, kubelet, the images and manifests of its static pods, and moto as its KEK's service. All
# its files are below $work, but for what kubelet sets for the whole machine, which is put back at the end.

kubelet_pid= containerd_pid= moto_pid=
sysctls="vm.overcommit_memory kernel.panic kernel.panic_on_oops"

ctr() { command ctr --address "$work/containerd.sock" -n k8s.io "$@"; }

# scratch_image NAME PROGRAM: an image that holds one static program.
scratch_image() {
  local folder=$work/image
  rm -rf "$folder"
  mkdir -p "$folder/rootfs/tmp"
  cp "$2" "$folder/rootfs/$1"
  tar -C "$folder/rootfs" --owner=0 --group=0 -cf "$folder/layer.tar" .
  cat >"$folder/config.json" <<JSON
{"architecture":"$(go env GOARCH)","os":"linux","config":{"Entrypoint":["/$1"]},
 "rootfs":{"type":"layers","diff_ids":["sha256:$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)"]}}
JSON
  echo "[{\"Config\":\"config.json\",\"RepoTags\":[\"localhost/$1:e2e\"],\"Layers\":[\"layer.tar\"]}]" >"$folder/manifest.json"
  tar -C "$folder" -cf "$folder.tar" manifest.json config.json layer.tar
  ctr images import "$folder.tar" >/dev/null
}

start_containerd() {
  cat >"$work/containerd.toml" <<TOML
version = 2
root = "$work/containerd"
state = "$work/containerd-state"
[grpc]
  address = "$work/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$work/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:e2e"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
TOML
  containerd --config "$work/containerd.toml" >"$work/containerd.log" 2>&1 &
  containerd_pid=$!
  await 20 "containerd answers" ctr version
}

start_kubelet() {
  cat >"$work/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
staticPodPath: $manifests
podLogsDir: $work/log
containerRuntimeEndpoint: unix://$work/containerd.sock
address: 127.0.0.1
port: 20250
healthzPort: 20248
failCgroupV1: false
cgroupDriver: cgroupfs
oomScoreAdj: 0
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
registerNode: false
resolvConf: ""
fileCheckFrequency: 2s
authentication: { webhook: { enabled: false }, anonymous: { enabled: false } }
authorization: { mode: AlwaysAllow }
YAML
  "$kubelet" --config "$work/kubelet.yaml" --root-dir "$work/kubelet" --cert-dir "$work/kubelet-certs" >>"$work/kubelet.log" 2>&1 &
  kubelet_pid=$!
}

stop_kubelet() {
  kill "$kubelet_pid"
  wait "$kubelet_pid" 2>/dev/null || true
  kubelet_pid=
}

start_moto() {
  "$moto" -H 127.0.0.1 -p 26444 >"$work/moto.log" 2>&1 &
  moto_pid=$!
  await 60 "moto answers" curl -s http://127.0.0.1:26444/moto-api/
}

create_key() {
  curl -s -H 'X-Amz-Target: TrentService.CreateKey' -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=x' \
    -d '{}' http://127.0.0.1:26444/ | sed -n 's/.*"Arn": *"\([^"]*\)".*/\1/p'
}

# What `bulla render` gives for kubeadm, with this test's service and folders.
configure() { # ARN
  printf 'distribution: kubeadm\nscope: kubelet-test\naws: { keyArn: "%s" }\n' "$1" >"$work/values.yaml"
  "$root/bulla" render "$work/values.yaml" --out "$work/rendered" >/dev/null
  mkdir -p "$work"/{etc,socket,journal,certs,kubernetes/bulla,etcd,log} "$manifests"
  chmod 777 "$work/log"
  local credentials='endpoint: "http://127.0.0.1:26444", allowPlainHttp: true, credentials: { profile: { name: bulla, file: /etc/bulla/aws } }'
  sed -e "s|aws: {[^}]*}|aws: { keyArn: \"$1\", $credentials }|" -e "s|allowedUids: \[0\]|allowedUids: [0, 1000]|" "$work/rendered/bulla.yaml" >"$work/etc/bulla.yaml"
  sed 's/127.0.0.1:9808/127.0.0.1:9809/' "$work/etc/bulla.yaml" >"$work/etc/bulla-b.yaml"
  printf '[bulla]\naws_access_key_id = x\naws_secret_access_key = x\n' >"$work/etc/aws"
  chown -R 65532:65532 "$work/etc" "$work/socket" "$work/journal"
  chmod 600 "$work/etc/aws"
  chmod 750 "$work/etc" "$work/socket"
  chmod 700 "$work/journal"
  chmod 711 "$work"
  cp "$work/rendered/encryption-1-readers.yaml" "$work/kubernetes/bulla/encryption.yaml"
  echo "$token,admin,admin,system:masters" >"$work/kubernetes/tokens.csv"
  openssl genrsa -out "$work/kubernetes/sa.key" 2048 2>/dev/null
  pods
}

# hosts FILE: the pod of a shipped or rendered manifest, with the folders of this test in the place of the host's.
hosts() {
  sed -e "s|path: /etc/bulla,|path: $work/etc,|" -e "s|path: /var/run/bulla,|path: $work/socket,|" \
    -e "s|path: /var/lib/bulla,|path: $work/journal,|" "$1"
}

pods() {
  mkdir -p "$work/pods"
  hosts "$root/deploy/static-pod/bulla.yaml" >"$work/pods/bulla.yaml"
  # As docs/install/kubeadm.md says: another name, another image, and another ops port in its file and its probes. And this
  # one runs under the shipped seccomp profile.
  mkdir -p "$work/kubelet/seccomp"
  cp "$root/deploy/seccomp/bulla.json" "$work/kubelet/seccomp/"
  sed -e 's|seccompProfile: { type: RuntimeDefault }|seccompProfile: { type: Localhost, localhostProfile: bulla.json }|' -e 's/^  name: bulla$/  name: bulla-b/' -e 's/port: 9808/port: 9809/' -e 's|/etc/bulla/bulla.yaml\]|/etc/bulla/bulla-b.yaml]|' \
    -e 's|image: localhost/bulla:.*|image: localhost/bulla:next|' "$work/pods/bulla.yaml" >"$work/pods/bulla-b.yaml"
  cat >"$work/pods/etcd.yaml" <<YAML
apiVersion: v1
kind: Pod
metadata: { name: etcd, namespace: kube-system }
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 5
  containers:
    - name: etcd
      image: localhost/etcd:e2e
      imagePullPolicy: Never
      args: [--data-dir=/data, "--listen-client-urls=http://127.0.0.1:23790", "--advertise-client-urls=http://127.0.0.1:23790", "--listen-peer-urls=http://127.0.0.1:23791", "--initial-advertise-peer-urls=http://127.0.0.1:23791", "--initial-cluster=default=http://127.0.0.1:23791"]
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, hostPath: { path: $work/etcd, type: Directory } }]
YAML
  apiserver apiserver "" >"$work/pods/apiserver.yaml"
  apiserver apiserver-1000 "securityContext: { runAsUser: 1000, runAsGroup: 1000, supplementalGroups: [65532] }" >"$work/pods/apiserver-1000.yaml"
}

# The flags and mounts for encryption are the rendered ones, out of kubeadm.yaml.
apiserver() { # NAME SECURITY
  local rendered=$work/rendered/kubeadm.yaml
  cat <<YAML
apiVersion: v1
kind: Pod
metadata: { name: $1, namespace: kube-system }
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 5
  $2
  containers:
    - name: apiserver
      image: localhost/kube-apiserver:e2e
      imagePullPolicy: Never
      args:
        - --etcd-servers=http://127.0.0.1:23790
        - --bind-address=127.0.0.1
        - --advertise-address=127.0.0.1
        - --secure-port=26443
        - --endpoint-reconciler-type=none
        - --cert-dir=/certs
        - --service-account-issuer=https://kubernetes.default.svc
        - --service-account-key-file=/etc/kubernetes/sa.key
        - --service-account-signing-key-file=/etc/kubernetes/sa.key
        - --token-auth-file=/etc/kubernetes/tokens.csv
        - --authorization-mode=RBAC
        - --disable-admission-plugins=ServiceAccount
        - --service-cluster-ip-range=10.0.0.0/24
$(sed -n 's/.*{ name: \(encryption[^,]*\), value: "\{0,1\}\([^" ]*\)"\{0,1\} }.*/        - --\1=\2/p' "$rendered")
      volumeMounts:
        - { name: certs, mountPath: /certs }
        - { name: kubernetes, mountPath: /etc/kubernetes }
$(sed -n 's/.*{ name: \(encryption\|bulla\), hostPath: [^,]*, mountPath: \([^,]*\), readOnly: true.*/        - { name: \1, mountPath: \2, readOnly: true }/p' "$rendered")
  volumes:
    - { name: certs, hostPath: { path: $work/certs, type: Directory } }
    - { name: kubernetes, hostPath: { path: $work/kubernetes, type: Directory } }
    - { name: encryption, hostPath: { path: $work/kubernetes/bulla, type: Directory } }
    - { name: bulla, hostPath: { path: $work/socket, type: Directory } }
YAML
}

prepare() {
  saved=$(for name in $sysctls; do echo "$name=$(sysctl -n "$name")"; done)
  start_moto
  configure "$(create_key)"
  start_containerd
  echo 'int pause(void); void _exit(int); void (*signal(int, void (*)(int)))(int);
static void end(int n) { (void)n; _exit(0); } int main(void) { signal(15, end); signal(2, end); for (;;) pause(); }' |
    cc -x c -Os -static -o "$work/pause" -
  scratch_image pause "$work/pause"
  scratch_image etcd "$parts/etcd"
  scratch_image kube-apiserver "$parts/kube-apiserver"
  ctr images import "$image_tar" >/dev/null
  shipped=$(sed -n 's|.*image: \(localhost/bulla:.*\)|\1|p' "$root/deploy/static-pod/bulla.yaml")
  loaded=$(ctr images ls -q | grep bulla)
  [ "$loaded" = "$shipped" ] || ctr images tag "$loaded" "$shipped" >/dev/null
  # The same program under another name: the way of an upgrade is what is tested.
  ctr images tag "$shipped" localhost/bulla:next >/dev/null
}

put() {
  for pod in "$@"; do
    cp "$work/pods/$pod.yaml" "$work/new.yaml"
    mv "$work/new.yaml" "$manifests/$pod.yaml"
  done
}
remove() { rm "$manifests/$1.yaml"; }
tasks() { ctr tasks ls -q | sort; }
# The label is kubelet's own.
containers_of() { ctr containers ls -q "labels.\"io.kubernetes.pod.name\"==$1-$(hostname | tr '[:upper:]' '[:lower:]')"; }
no_pod() {
  local id
  for id in $(containers_of "$1"); do
    ! ctr tasks ls | grep -q "^$id .*RUNNING" || return 1
  done
}
pid_of() {
  local id
  for id in $(ctr containers ls -q "labels.\"io.kubernetes.pod.name\"==$1-$(hostname | tr '[:upper:]' '[:lower:]'),labels.\"io.cri-containerd.kind\"==container"); do
    ctr tasks ls | awk -v id="$id" '$1 == id && $3 == "RUNNING" { print $2 }'
  done
}
no_tasks() { [ -z "$(tasks)" ]; }
stop_pods() {
  rm -f "$manifests"/*.yaml
  await 60 "all pods have ended" no_tasks
}

# All is killed and its folders are kept, but /run, which is empty after a boot, and made again by tmpfiles.d.
reboot_node() {
  kill -9 "$kubelet_pid"
  wait "$kubelet_pid" 2>/dev/null || true
  rm -f "$manifests"/*.yaml
  for task in $(tasks); do
    ctr tasks kill -a -s SIGKILL "$task" >/dev/null 2>&1 || true
  done
  sleep 2
  for task in $(ctr containers ls -q); do
    ctr tasks rm -f "$task" >/dev/null 2>&1 || true
    ctr containers rm "$task" >/dev/null 2>&1 || true
  done
  rm -rf "${work:?}/socket"
  install -d -o 65532 -g 65532 -m 0750 "$work/socket"
  start_kubelet
}

finish() {
  set +e
  [ -z "$moto_pid" ] || { kill -CONT "$moto_pid"; kill "$moto_pid"; }
  [ -z "$kubelet_pid" ] || { kill -9 "$kubelet_pid"; wait "$kubelet_pid"; } 2>/dev/null
  if [ -n "$containerd_pid" ]; then
    for task in $(tasks); do ctr tasks kill -a -s SIGKILL "$task"; done
    sleep 2
    for task in $(ctr containers ls -q); do
      ctr tasks rm -f "$task"
      ctr containers rm "$task"
    done
    kill "$containerd_pid"
    wait "$containerd_pid"
  fi >/dev/null 2>&1
  for name in ${saved:-}; do sysctl -qw "$name"; done
  awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount 2>/dev/null
  for controller in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -d "$controller/kubepods" ] || find "$controller/kubepods" -depth -type d -exec rmdir {} + 2>/dev/null
  done
  rm -rf "$work"
}
