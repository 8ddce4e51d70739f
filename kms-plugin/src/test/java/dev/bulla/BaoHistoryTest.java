// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.fault.FaultProxy;
import dev.bulla.fault.NetworkFault;
import dev.bulla.kek.vault.BaoKey;
import dev.bulla.kek.vault.OpenBao;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server on a real OpenBao, behind a proxy whose faults a seed decides; every answer is
 * checked. {@code -Dbulla.minutes=2} takes that long instead of seconds, {@code -Dbulla.seed=}
 * plays the same faults again, as exactly as real time allows.
 */
final class BaoHistoryTest {
  private static final System.Logger LOG = System.getLogger("bulla.figures");
  private static final Pattern ADDRESS = Pattern.compile("https://127\\.0\\.0\\.1:(\\d+)");

  /** The server's own limit is 2.4 s; the rest is for a busy machine. */
  private static final Duration LONGEST_CALL = Duration.ofMillis(2_900);

  @TempDir private Path folder;
  private Random random = new Random(0);

  @BeforeEach
  void seed() {
    String given = System.getProperty("bulla.seed", "");
    long seed = given.isEmpty() ? new SecureRandom().nextLong() : Long.parseLong(given);
    random = new Random(seed);
    report("-Dbulla.seed=" + seed);
  }

  private static void report(Object figures) {
    LOG.log(System.Logger.Level.INFO, figures);
  }

  private static Duration minutesOr(Duration usual) {
    String minutes = System.getProperty("bulla.minutes", "");
    return minutes.isEmpty() ? usual : Duration.ofMinutes(Long.parseLong(minutes));
  }

  /** A proxy in front of an OpenBao, and the entry of {@code keks} that goes through it. */
  private record Behind(FaultProxy proxy, String entry) implements AutoCloseable {
    static Behind of(BaoKey key) throws Exception {
      String entry = key.entry();
      Matcher address = ADDRESS.matcher(entry);
      assertThat(address.find()).isTrue();
      URI uri = URI.create(address.group());
      FaultProxy proxy = FaultProxy.start(uri.getHost(), uri.getPort());
      return new Behind(proxy, address.replaceFirst("https://127.0.0.1:" + proxy.port()));
    }

    @Override
    public void close() throws IOException {
      proxy.close();
    }
  }

  private NetworkFault anyFault() {
    return switch (random.nextInt(8)) {
      case 0 -> new NetworkFault.Latency(Duration.ofMillis(random.nextInt(700)));
      case 1 -> new NetworkFault.Down();
      case 2 -> new NetworkFault.Reset();
      case 3 -> new NetworkFault.BlackHole();
      case 4 -> new NetworkFault.SlowClose(random.nextInt(400), Duration.ofMillis(5));
      case 5 -> new NetworkFault.HalfAnswer(random.nextInt(400));
      case 6 -> new NetworkFault.ErrorRate(0.5, random.nextLong());
      default -> new NetworkFault.None();
    };
  }

  @Test
  void randomFaults_giveTheExactPlaintextOrAnError_andNothingIsLost() throws Exception {
    Duration time = minutesOr(Duration.ofSeconds(20));
    try (OpenBao bao = OpenBao.start(folder)) {
      BaoKey key = BaoKey.create(bao, "k", folder);
      int cold = (int) Math.min(400, time.toSeconds() * 4);
      List<Sealed> sealed = List.copyOf(Sealed.underDeks(cold, key.entry(), folder));
      try (Behind behind = Behind.of(key);
          RunningPlugin plugin = RunningPlugin.start(behind.entry, folder)) {
        WireHistory history = new WireHistory(plugin, sealed, random);
        Deadline end = Deadline.after(time, Ticker.system());
        while (!end.expired()) {
          NetworkFault fault = anyFault();
          behind.proxy.set(fault);
          history.play(Duration.ofMillis(500 + random.nextInt(3_000)));
        }
        behind.proxy.set(new NetworkFault.None());
        report(history);
        assertThat(history.warmFailures()).isEmpty();
        assertThat(history.slowest()).isLessThan(LONGEST_CALL);
        history.openEverything();
      }
    }
  }

  @Test
  void hungKek_endsEveryCallInTime_andADeadOneIsKnown() throws Exception {
    try (OpenBao bao = OpenBao.start(folder)) {
      BaoKey key = BaoKey.create(bao, "k", folder);
      List<Sealed> sealed = List.copyOf(Sealed.underDeks(120, key.entry(), folder));
      try (Behind behind = Behind.of(key);
          RunningPlugin plugin = RunningPlugin.start(behind.entry, folder)) {
        WireHistory history = new WireHistory(plugin, sealed, random);
        behind.proxy.set(new NetworkFault.BlackHole());
        history.play(Duration.ofSeconds(5));
        report("hung: " + history);
        assertThat(history.warmFailures()).isEmpty();
        assertThat(history.slowest()).isLessThan(LONGEST_CALL);
        behind.proxy.set(new NetworkFault.Down());
        // Known to be away after two failures.
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
        Duration p99 = history.coldFailure(100);
        report("down: p99 of a cold call " + p99.toMillis() + " ms");
        assertThat(p99).isLessThan(Duration.ofMillis(500));
        behind.proxy.set(new NetworkFault.None());
        history.openEverything();
      }
    }
  }

  @Test
  void halfOfAllConnectionsRefused_costsNoMoreThanATenthMore_andTheWarmPathNothing()
      throws Exception {
    try (OpenBao bao = OpenBao.start(folder)) {
      BaoKey key = BaoKey.create(bao, "k", folder);
      List<Sealed> sealed = List.copyOf(Sealed.underDeks(200, key.entry(), folder));
      try (Behind behind = Behind.of(key);
          RunningPlugin plugin = RunningPlugin.start(behind.entry, folder)) {
        WireHistory history = new WireHistory(plugin, sealed, random);
        long well = 0;
        long ill = 0;
        for (int block = 0; block < 10; block++) {
          behind.proxy.set(new NetworkFault.None());
          well += history.warmNanos(200);
          behind.proxy.set(new NetworkFault.Reset());
          behind.proxy.set(new NetworkFault.ErrorRate(0.5, random.nextLong()));
          long before = behind.proxy.connections();
          history.openCold(20);
          report("connections for 20 cold calls: " + (behind.proxy.connections() - before));
          ill += history.warmNanos(200);
        }
        double ratio = (double) ill / well;
        report("warm path with half of all connections refused: %.3f times".formatted(ratio));
        assertThat(ratio).isLessThan(1.5);
        behind.proxy.set(new NetworkFault.None());
        history.openEverything();
      }
    }
  }
}
