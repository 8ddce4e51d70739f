// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real OpenBao of three nodes with raft and TLS. */
public final class BaoCluster implements AutoCloseable {
  private final List<OpenBao> nodes = new ArrayList<>();

  private BaoCluster() {}

  /** Starts it in {@code folder}, or skips the test where there is no OpenBao. */
  public static BaoCluster start(Path folder) throws Exception {
    BaoCluster cluster = new BaoCluster();
    try {
      cluster.nodes.add(OpenBao.startDurable(folder));
      cluster.letNodesVoteSoon();
      for (String name : List.of("second", "third")) {
        Path own = Files.createDirectories(folder.resolve(name));
        cluster.nodes.add(cluster.active().join(own));
      }
      cluster.awaitVoters();
      return cluster;
    } catch (Exception e) {
      cluster.close();
      throw e;
    }
  }

  private void letNodesVoteSoon() throws Exception {
    var _ =
        active()
            .post(
                "sys/storage/raft/autopilot/configuration",
                "{\"server_stabilization_time\":\"1s\"}");
  }

  // A node that joined only listens at first. With such alone nobody is elected after a death, and
  // no login works: what is left would not be a cluster.
  private void awaitVoters() throws Exception {
    Deadline end = Deadline.after(Duration.ofSeconds(30), Ticker.system());
    while (active().get("sys/storage/raft/configuration").contains("\"voter\":false")) {
      if (end.expired()) {
        throw new IllegalStateException("not every node became a voter");
      }
      var _ = new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    }
  }

  /** Returns the node that leads for as long as it lives, and where its administrator asks. */
  public OpenBao active() {
    return nodes.getFirst();
  }

  /** Returns a block that names one node, with all of them instead. */
  String everyAddress(String yaml) {
    return yaml.replaceFirst("address: [^,\n]*", "addresses: [" + addresses() + "]");
  }

  private String addresses() {
    return nodes.stream()
        .map(node -> "\"" + node.address() + "\"")
        .collect(Collectors.joining(", "));
  }

  /** Returns what an entry of {@code keks} says of a key, with every node's address. */
  public String entry(BaoKey key) throws Exception {
    return everyAddress(key.entry());
  }

  @Override
  public void close() {
    nodes.forEach(OpenBao::close);
  }
}
