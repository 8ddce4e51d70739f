// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How an OpenBao of the tests is configured.
 *
 * @param folder of all its files
 * @param storage {@code inmem} or {@code raft}
 */
record BaoConfiguration(Path folder, String storage, int port, int clusterPort, TestCa ca) {

  // Held together: one after the other, they may be the same port, and then OpenBao ends.
  static BaoConfiguration onFreePorts(Path folder, String storage, TestCa ca) throws IOException {
    try (ServerSocket port = anyPort();
        ServerSocket clusterPort = anyPort()) {
      return new BaoConfiguration(
          folder, storage, port.getLocalPort(), clusterPort.getLocalPort(), ca);
    }
  }

  private static ServerSocket anyPort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  Path file() {
    return folder.resolve("bao.hcl");
  }

  Path log() {
    return folder.resolve("bao.log");
  }

  void write() throws Exception {
    Files.createDirectories(folder.resolve("raft"));
    Files.writeString(file(), store() + listener());
  }

  private String store() {
    return storage.equals("raft")
        ? """
          storage "raft" {
            path = "%s/raft"
            node_id = "n%d"
            performance_multiplier = 1
            autopilot_update_interval = "200ms"
            autopilot_reconcile_interval = "200ms"
          }
          """
            .formatted(folder, port)
        : "storage \"inmem\" {}\n";
  }

  private String listener() throws Exception {
    return """
    api_addr = "https://127.0.0.1:%d"
    cluster_addr = "https://127.0.0.1:%d"
    listener "tcp" {
      address = "127.0.0.1:%d"
      cluster_address = "127.0.0.1:%d"
      tls_cert_file = "%s"
      tls_key_file = "%s"
    }
    """
        .formatted(
            port, clusterPort, port, clusterPort, ca.certificateOf("server"), ca.keyOf("server"));
  }
}
