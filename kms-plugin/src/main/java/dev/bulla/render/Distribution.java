// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where a distribution keeps its files, and what it takes to run Bulla there. */
enum Distribution {
  KUBEADM("/etc/kubernetes/bulla", "/var/run/bulla", Host.STATIC_POD),
  RKE2("/etc/rancher/rke2/bulla", "/var/run/bulla", Host.UNIT),
  K3S("/etc/rancher/k3s/bulla", "/var/run/bulla", Host.UNIT),
  TALOS("/var/lib/bulla-encryption", "/var/run/bulla", Host.POD_OF_ROOT),
  KOPS("/srv/kubernetes/kube-apiserver", "/srv/kubernetes/kube-apiserver/bulla", Host.POD_OF_ROOT),
  CAPI("/etc/kubernetes/bulla", "/var/run/bulla", Host.STATIC_POD);

  /** How Bulla runs. */
  private enum Host {
    /** As user 65532, in folders that tmpfiles.d makes. */
    STATIC_POD,
    /** As the package's systemd unit. */
    UNIT,
    /** As root without capabilities, where no folder can be given to another user. */
    POD_OF_ROOT
  }

  private final String encryptionFolder;
  private final String socketFolder;
  private final Host host;

  Distribution(String encryptionFolder, String socketFolder, Host host) {
    this.encryptionFolder = encryptionFolder;
    this.socketFolder = socketFolder;
    this.host = host;
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Distribution::label).toList();
  }

  static Distribution of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The templates of the files that one carries to the nodes, and where each goes. */
  Map<String, String> places() {
    String manifests = "/etc/kubernetes/manifests/bulla.yaml on each control-plane node";
    return switch (this) {
      case KUBEADM ->
          Map.of(
              "kubeadm.yaml", "into kubeadm's ClusterConfiguration",
              "bulla-pod.yaml", manifests,
              "tmpfiles.conf", "/etc/tmpfiles.d/bulla.conf on each control-plane node");
      case RKE2 ->
          Map.of(
              "rke2.yaml",
              "/etc/rancher/rke2/config.yaml.d/50-bulla.yaml on each server; Bulla runs as the package's bulla.service");
      case K3S ->
          Map.of(
              "k3s.yaml",
              "/etc/rancher/k3s/config.yaml.d/50-bulla.yaml on each server; Bulla runs as the package's bulla.service");
      case TALOS -> Map.of("talos.yaml", "a patch of the control plane's machine configuration");
      case KOPS -> Map.of("kops.yaml", "into the Cluster, by kops edit cluster");
      case CAPI -> Map.of("capi.yaml", "into the KubeadmControlPlane");
    };
  }

  /** Where the EncryptionConfiguration of the moment goes. */
  String encryptionPlace() {
    return this == KOPS
        ? "by kops create secret encryptionconfig --force -f FILE"
        : encryptionFolder + "/encryption.yaml";
  }

  /** Whether nodes fetch the image by themselves, and so need a name with a registry. */
  boolean pullsImage() {
    return host == Host.POD_OF_ROOT;
  }

  Map<String, String> parameters() {
    boolean root = host == Host.POD_OF_ROOT;
    return Map.of(
        "config-folder", this == TALOS ? "/var/lib/bulla-config" : "/etc/bulla",
        "socket-folder", socketFolder,
        "encryption-folder", encryptionFolder,
        "encryption-file", encryptionFolder + "/encryption.yaml",
        "user", root ? "0" : "65532",
        "non-root", root ? "false" : "true",
        "folder-type", root ? "DirectoryOrCreate" : "Directory",
        "pull", root ? "IfNotPresent" : "Never");
  }
}
