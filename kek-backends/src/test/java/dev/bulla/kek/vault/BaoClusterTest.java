// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster of three with raft, and the death of its active node. */
final class BaoClusterTest {
  @TempDir private Path folder;
  private final List<OpenBao> nodes = new ArrayList<>();

  @AfterEach
  void stop() {
    nodes.forEach(OpenBao::close);
  }

  private BaoKey startThree() throws Exception {
    nodes.add(OpenBao.startDurable(folder));
    for (String name : List.of("second", "third")) {
      nodes.add(nodes.getFirst().join(Files.createDirectories(folder.resolve(name))));
    }
    return BaoKey.create(nodes.getFirst(), "k", folder);
  }

  @Test
  void deathOfTheActiveNode_failsOneUnwrapInAHundredAtMost() throws Exception {
    BaoKey key = startThree();
    String addresses =
        String.join(", ", nodes.stream().map(n -> "\"" + n.address() + "\"").toList());
    String yaml = key.yaml().replaceFirst("address: .*", "addresses: [" + addresses + "]");
    try (Kek kek = VaultKek.open(BaoKey.settings(yaml), "scope")) {
      WrappedKey wrapped;
      try (KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
        wrapped = kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
      }
      nodes.getFirst().kill();
      int failed = 0;
      for (int i = 0; i < 200; i++) {
        failed += opens(kek, wrapped) ? 0 : 1;
        var _ = new CountDownLatch(1).await(40, TimeUnit.MILLISECONDS);
      }
      assertThat(failed).isLessThanOrEqualTo(2);
      var _ = kek.describe(BaoKey.soon());
    }
  }

  private static boolean opens(Kek kek, WrappedKey wrapped) {
    try {
      kek.unwrap(wrapped, Deadline.after(Duration.ofSeconds(3), Ticker.system())).close();
      return true;
    } catch (KekException _) {
      return false;
    }
  }
}
