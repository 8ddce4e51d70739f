// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A KEK that is away when the plugin starts, and comes later. */
@Timeout(60)
final class AwayAtStartTest {
  private static final String WARM_UP = "bulla-warmup";

  private final FakeTransit fake;
  @TempDir private Path folder;

  AwayAtStartTest() throws IOException {
    fake = FakeTransit.start();
    fake.createKey("prod", 1_790_000_000L);
    fake.fail(new TransitFault.Status(503, "Vault is sealed"));
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private Bulla start(Path socket) throws Exception {
    String kek = RunningPlugin.kek(fake, folder);
    Bulla bulla =
        Bulla.start(
            RunningPlugin.configuration(kek, "", socket), new EventLog(), NoHardening.apply());
    bulla.publish();
    return bulla;
  }

  @Test
  void kek_isWaitedForWithoutLooking_andStatusSaysOkOnceItCame() throws Exception {
    Path socket = folder.resolve("kms.sock");
    try (Bulla bulla = start(socket);
        KmsClient client = KmsClient.connect(socket.toString(), Duration.ofSeconds(10))) {
      assertThat(health(client)).isNotEqualTo("ok");
      awaitStill();
      long before = ownWakings();
      Thread.sleep(500);
      assertThat(ownWakings() - before).isLessThan(10);
      fake.fail(new TransitFault.None());
      while (!health(client).equals("ok")) {
        Thread.onSpinWait();
      }
      bulla.awaitWarm();
    }
  }

  private static String health(KmsClient client) {
    try {
      return client.status().getHealthz();
    } catch (StatusRuntimeException e) {
      return String.valueOf(e.getStatus().getDescription());
    }
  }

  // Until the calls that need no DEK are made; whoever looks all the time is never still.
  private static void awaitStill() throws Exception {
    long before = -1;
    for (int i = 0; i < 50 && before != ownWakings(); i++) {
      before = ownWakings();
      Thread.sleep(100);
    }
  }

  private static long ownWakings() throws IOException {
    return Wakings.of(ProcessHandle.current().pid(), WARM_UP);
  }
}
