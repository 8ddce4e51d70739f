// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes and reads of Secrets, some twenty a second. The API server keeps its seeds, and asks the
 * plugin seldom; so the plugin gets the three calls directly as well.
 */
final class ApiTraffic implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ControlPlane cluster;
  private final KmsClient plugin;
  private final String prefix;
  private final AtomicInteger turns = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private ApiTraffic(Site site, String prefix) {
    this.cluster = site.cluster();
    this.plugin = site.client();
    this.prefix = prefix;
  }

  /** Begins; the names of its Secrets start with {@code prefix}. */
  static ApiTraffic start(Site site, String prefix) {
    ApiTraffic traffic = new ApiTraffic(site, prefix);
    var _ =
        traffic.clock.scheduleAtFixedRate(traffic::turn, 0, PAUSE.toNanos(), TimeUnit.NANOSECONDS);
    return traffic;
  }

  // What is thrown here would end the traffic in silence.
  private void turn() {
    try {
      int number = turns.incrementAndGet();
      callPlugin(number);
      callApiServer(prefix + number, "value-" + number);
    } catch (Exception | AssertionError e) {
      failures.add(e.toString());
    }
  }

  private void callPlugin(int number) {
    assertThat(plugin.status().getHealthz()).isEqualTo("ok");
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    EncryptResponse sealed = plugin.encrypt(seed);
    assertThat(plugin.decrypt(sealed).getPlaintext()).isEqualTo(ByteString.copyFrom(seed));
  }

  private void callApiServer(String name, String value) throws Exception {
    assertThat(cluster.createSecret(name, value)).isEqualTo(201);
    assertThat(cluster.secret(name)).isEqualTo(value);
  }

  /** Waits until {@code more} turns were made from now on. */
  void awaitTurns(int more) throws Exception {
    int end = turns.get() + more;
    Eventually.until("traffic flows", Duration.ofSeconds(60), () -> turns.get() >= end);
  }

  /** Ends it, and fails if any call failed. */
  void assertNoneFailed() {
    clock.close();
    assertThat(List.copyOf(failures)).isEmpty();
    System.getLogger("bulla.figures")
        .log(System.Logger.Level.INFO, turns + " turns of five calls, none failed");
  }

  @Override
  public void close() {
    clock.close();
    plugin.close();
  }
}
