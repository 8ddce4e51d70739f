// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulla.kek.vault.BaoCluster;
import dev.bulla.kek.vault.BaoKey;
import dev.bulla.kek.vault.OpenBao;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What callers on the socket see of a real OpenBao's troubles. {@code -Dbulla.minutes=10} runs the
 * tests that take a time for that long, instead of seconds.
 */
final class BaoOverSocketTest {
  private static final System.Logger LOG = System.getLogger("bulla.figures");
  private static final String FIVE_SECONDS = "\"token_ttl\":\"5s\",\"token_max_ttl\":\"20s\"";

  @TempDir private Path folder;

  private static Duration minutesOr(Duration usual) {
    String minutes = System.getProperty("bulla.minutes", "");
    return minutes.isEmpty() ? usual : Duration.ofMinutes(Long.parseLong(minutes));
  }

  private static void pass(Duration time) {
    Deadline end = Deadline.after(time, Ticker.system());
    while (!end.expired()) {
      LockSupport.parkNanos(end.remaining().toNanos());
    }
  }

  private Deque<Sealed> sealed(int count, String kek) throws Exception {
    return new ConcurrentLinkedDeque<>(Sealed.underDeks(count, kek, folder));
  }

  private static void report(Object figures) {
    LOG.log(System.Logger.Level.INFO, figures);
  }

  private static void assertNoneFailed(Calls... each) {
    for (Calls calls : each) {
      calls.stop();
      report(calls);
      assertThat(calls.failures()).isEmpty();
      assertThat(calls.made()).isPositive();
    }
  }

  @Test
  void tokensOfFiveSeconds_failNoCall() throws Exception {
    Duration time = minutesOr(Duration.ofSeconds(15));
    Duration pause = max(Duration.ofMillis(200), time.dividedBy(1_200));
    try (OpenBao bao = OpenBao.start(folder)) {
      String kek = BaoKey.create(bao, "k", folder, FIVE_SECONDS).entry();
      Deque<Sealed> sealed = sealed((int) time.dividedBy(pause), kek);
      try (RunningPlugin plugin = RunningPlugin.start(kek, folder);
          Calls warm = Calls.warm(plugin);
          Calls cold = Calls.cold(pause, sealed, plugin)) {
        cold.await();
        assertNoneFailed(warm, cold);
      }
    }
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  @Test
  void tokenRevokedWhileCallsRun_costsOneLoginAndNoCall() throws Exception {
    try (OpenBao bao = OpenBao.start(folder)) {
      String kek = BaoKey.create(bao, "k", folder).entry();
      Deque<Sealed> sealed = sealed(30, kek);
      Deque<Sealed> more = sealed(30, kek);
      try (RunningPlugin plugin = RunningPlugin.start(kek, folder);
          Calls warm = Calls.warm(plugin);
          Calls cold = Calls.cold(Duration.ofMillis(5), sealed, plugin);
          Calls alsoCold = Calls.cold(Duration.ofMillis(5), more, plugin)) {
        awaitMade(cold, 10);
        bao.revokeTokens();
        cold.await();
        alsoCold.await();
        assertNoneFailed(warm, cold, alsoCold);
        assertThat(bao.logins()).isEqualTo(1);
      }
    }
  }

  private static void awaitMade(Calls calls, int count) {
    while (calls.made() < count) {
      pass(Duration.ofMillis(1));
    }
  }

  @Test
  void secretIdReplacedOnDisk_isUsedWithoutARestart() throws Exception {
    try (OpenBao bao = OpenBao.start(folder)) {
      BaoKey key = BaoKey.create(bao, "k", folder);
      Deque<Sealed> sealed = sealed(3, key.entry());
      try (RunningPlugin plugin = RunningPlugin.start(key.entry(), folder);
          Calls warm = Calls.warm(plugin)) {
        key.destroySecretId();
        key.newSecretId();
        sealed.remove().openWith(plugin.client());
        bao.revokeTokens();
        sealed.remove().openWith(plugin.client());
        assertThat(bao.logins()).isEqualTo(1);
        sealed.remove().openWith(plugin.client());
        assertThat(bao.logins()).isEqualTo(1);
        assertNoneFailed(warm);
      }
    }
  }

  @Test
  void sealed_failsNoWarmCall_andTheFirstUnwrapFollowsTheUnsealWithinTwoSeconds() throws Exception {
    try (OpenBao bao = OpenBao.start(folder)) {
      // The token ends while nobody can renew it: what follows the unseal is a login, the worse
      // case.
      String kek = BaoKey.create(bao, "k", folder, FIVE_SECONDS).entry();
      Sealed sealed = sealed(1, kek).remove();
      try (RunningPlugin plugin = RunningPlugin.start(kek, folder);
          Calls warm = Calls.warm(plugin)) {
        bao.seal();
        assertThat(refusal(plugin, sealed)).isEqualTo(Status.Code.UNAVAILABLE);
        pass(minutesOr(Duration.ofSeconds(10)));
        assertThat(refusal(plugin, sealed)).isEqualTo(Status.Code.UNAVAILABLE);
        bao.unseal();
        Deadline end = Deadline.after(Duration.ofSeconds(2), Ticker.system());
        plugin.whenReady(
            client -> {
              sealed.openWith(client);
              return sealed;
            });
        report("time left after the first unwrap: " + end.remaining());
        assertThat(end.expired()).isFalse();
        assertNoneFailed(warm);
      }
    }
  }

  private static Status.Code refusal(RunningPlugin plugin, Sealed sealed) {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> sealed.openWith(plugin.client()))
        .getStatus()
        .getCode();
  }

  @Test
  void deathOfTheActiveNode_failsNoWarmCall_andOneUnwrapInAHundredAtMost() throws Exception {
    try (BaoCluster cluster = BaoCluster.start(folder)) {
      String kek = cluster.entry(BaoKey.create(cluster.active(), "k", folder));
      Deque<Sealed> sealed = sealed(220, kek);
      try (RunningPlugin plugin = RunningPlugin.start(kek, folder);
          Calls warm = Calls.warm(plugin);
          Calls cold = Calls.cold(Duration.ofMillis(40), sealed, plugin)) {
        awaitMade(cold, 20);
        cluster.active().kill();
        cold.await();
        assertNoneFailed(warm);
        cold.stop();
        report(cold);
        assertThat(cold.failures()).hasSizeLessThanOrEqualTo(2);
        assertThat(cold.slowest()).isLessThan(Duration.ofSeconds(3));
      }
    }
  }
}
