// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster of three with raft, and the death of its active node. */
final class BaoClusterTest {
  private final Path folder;
  private final BaoCluster cluster;

  BaoClusterTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.cluster = BaoCluster.start(folder);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  // Some elections leave no node that answers for two seconds: what waits for those is
  // dev.bulla.health.
  @Test
  void deathOfTheActiveNode_isOverWithinFiveSeconds() throws Exception {
    BaoKey key = BaoKey.create(cluster.active(), "k", folder);
    String yaml = cluster.everyAddress(key.yaml());
    try (Kek kek = VaultKek.open(BaoKey.settings(yaml), "scope")) {
      WrappedKey wrapped;
      try (KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
        wrapped = kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
      }
      cluster.active().kill();
      Deadline over = Deadline.after(Duration.ofSeconds(5), Ticker.system());
      List<String> lateFailures = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        failure(kek, wrapped).filter(_ -> over.expired()).ifPresent(lateFailures::add);
        var _ = new CountDownLatch(1).await(40, TimeUnit.MILLISECONDS);
      }
      assertThat(lateFailures).isEmpty();
      var _ = kek.describe(BaoKey.soon());
    }
  }

  private static Optional<String> failure(Kek kek, WrappedKey wrapped) {
    try {
      kek.unwrap(wrapped, Deadline.after(Duration.ofSeconds(3), Ticker.system())).close();
      return Optional.empty();
    } catch (KekException e) {
      return Optional.of(e.toString());
    }
  }
}
