// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.time.Ticker;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second instance on the same path never displaces the first, and follows it at once. */
final class TakeoverTest {
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  /** The last ones before it: those that a kill could harm. */
  private static final int KEPT_OF_EACH_KILL = 50;

  private static final Ticker TICKER = Ticker.system();

  private Path folder;
  private BullaProcess bulla;

  @BeforeEach
  void makeFolder() throws Exception {
    folder = Files.createTempDirectory("bt");
    bulla = new BullaProcess(folder);
  }

  @AfterEach
  void removeFolder() throws Exception {
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private Object inode() throws Exception {
    return Files.exists(bulla.socket()) ? Files.getAttribute(bulla.socket(), "unix:ino") : -1;
  }

  /** Starts a second instance and waits until it stands by, warm. */
  private Daemon standby() throws Exception {
    Object before = inode();
    Daemon second = bulla.launch();
    Eventually.until(
        "the second instance stands by",
        Duration.ofSeconds(20),
        () -> second.log().contains("standing by"));
    // Longer than a start: a second instance that displaces the first would have done it by now.
    LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
    assertThat(inode()).as("the first instance's socket").isEqualTo(before);
    return second;
  }

  private Duration untilTakenOver(Object before) throws Exception {
    long from = TICKER.nanos();
    while (inode().equals(before) || inode().equals(-1)) {
      assertThat(TICKER.nanos() - from).isLessThan(Duration.ofSeconds(10).toNanos());
      Thread.onSpinWait();
    }
    return Duration.ofNanos(TICKER.nanos() - from);
  }

  @Test
  void orderlyEnd_losesNoCall() throws Exception {
    try (Daemon first = bulla.start();
        Daemon second = standby();
        KmsClient client = bulla.client()) {
      Object before = inode();
      EncryptResponse sealed = client.encrypt(new byte[32]);
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger calls = new AtomicInteger();
      CompletableFuture<Void> caller =
          CompletableFuture.runAsync(
              () -> {
                while (!stop.get()) {
                  assertThat(client.decrypt(sealed).getPlaintext().size()).isEqualTo(32);
                  calls.incrementAndGet();
                }
              });
      Eventually.until("calls flow", Duration.ofSeconds(5), () -> calls.get() > 100);
      assertThat(first.stop()).isZero();
      assertThat(inode()).as("taken over before the first one ended").isNotEqualTo(before);
      int then = calls.get();
      Eventually.until("calls flow on", Duration.ofSeconds(5), () -> calls.get() > then + 100);
      stop.set(true);
      caller.join();
      assertThat(second.isAlive()).isTrue();
    }
  }

  @Test
  void kill_isFollowedWithin100Milliseconds() throws Exception {
    Duration best = AT_ONCE;
    for (int i = 0; i < 3 && best.compareTo(AT_ONCE) >= 0; i++) {
      Duration took = timeOfATakeOver();
      best = i == 0 || took.compareTo(best) < 0 ? took : best;
    }
    assertThat(best).isLessThan(AT_ONCE);
  }

  private Duration timeOfATakeOver() throws Exception {
    try (Daemon first = bulla.start();
        Daemon second = standby()) {
      Object before = inode();
      String keyId;
      try (KmsClient client = bulla.client()) {
        keyId = client.status().getKeyId();
      }
      first.kill();
      Duration took = untilTakenOver(before);
      try (KmsClient client = bulla.client()) {
        assertThat(client.status().getKeyId()).isEqualTo(keyId);
      }
      assertThat(second.isAlive()).isTrue();
      return took;
    }
  }

  @Test
  void apiServer_seesNoFailure() throws Exception {
    try (ControlPlane cluster = new ControlPlane(folder);
        Daemon first = bulla.start()) {
      cluster.encrypt(bulla.endpoint(), List.of(List.of("secrets")));
      cluster.launch();
      cluster.awaitReady();
      try (Daemon second = standby()) {
        assertThat(first.stop()).isZero();
        assertWritesAndHealth(cluster, "a");
        try (Daemon third = standby()) {
          second.kill();
          assertWritesAndHealth(cluster, "b");
          assertThat(third.isAlive()).isTrue();
        }
      }
    }
  }

  // Longer than the 20 s for which the API server believes its last answer.
  private static void assertWritesAndHealth(ControlPlane cluster, String prefix) throws Exception {
    for (int i = 0; i < 50; i++) {
      assertThat(cluster.createSecret(prefix + i, "v")).isEqualTo(201);
      assertThat(cluster.call("GET", "/healthz/kms-providers", "").statusCode()).isEqualTo(200);
      LockSupport.parkNanos(Duration.ofMillis(450).toNanos());
    }
  }

  @Test
  void killsAtRandomInstants_loseNoEnvelope() throws Exception {
    // Turnovers all the time, each noted in the journal, which is compacted now and then.
    bulla.configure(
        "dek: { maxSeals: 64 }\njournal: { path: %s }\n".formatted(folder.resolve("journal")));
    int kills = Integer.getInteger("bulla.kills", 25);
    java.util.Random random = new java.util.Random(7);
    List<EncryptResponse> acknowledged = new java.util.ArrayList<>();
    for (int i = 0; i < kills; i++) {
      Deque<EncryptResponse> last = new ArrayDeque<>();
      try (Daemon plugin = random.nextBoolean() ? bulla.start() : bulla.launch();
          KmsClient client = KmsClient.connect(bulla.socket().toString(), Duration.ofMillis(300))) {
        long until = TICKER.nanos() + Duration.ofMillis(random.nextInt(1_200)).toNanos();
        while (TICKER.nanos() - until < 0) {
          encrypt(client, last);
        }
        plugin.kill();
      }
      acknowledged.addAll(last);
    }
    assertThat(acknowledged).hasSizeGreaterThan(kills);
    try (Daemon plugin = bulla.start();
        KmsClient client = bulla.client()) {
      for (EncryptResponse sealed : acknowledged) {
        assertThat(client.decrypt(sealed).getPlaintext().size()).isEqualTo(32);
      }
      assertThat(plugin.isAlive()).isTrue();
    }
  }

  private static void encrypt(KmsClient client, Deque<EncryptResponse> last) {
    try {
      last.add(client.encrypt(new byte[32]));
      if (last.size() > KEPT_OF_EACH_KILL) {
        last.remove();
      }
    } catch (StatusRuntimeException _) {
      // Not there, or not ready: only what was acknowledged must open.
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }
}
