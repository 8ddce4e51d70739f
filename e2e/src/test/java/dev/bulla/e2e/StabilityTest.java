// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The headline: while the KEK service is down, an API server that restarts comes up. */
final class StabilityTest {
  private static final int SECRETS_A_ROUND = 10;

  private Site site;
  private BaoLink bao;
  private final List<String> secrets = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    site = Site.open();
    bao = BaoLink.start(site);
  }

  @AfterEach
  void stop() throws Exception {
    site.close();
    bao.close();
  }

  private void serve(String rest) throws Exception {
    site.serve(List.of("name: primary, role: write, " + bao.block()), rest);
  }

  private String journal() {
    return "journal: { path: %s }\n".formatted(site.folder().resolve("journal"));
  }

  private void write(String round) throws Exception {
    for (int i = 0; i < SECRETS_A_ROUND; i++) {
      String name = round + i;
      assertThat(site.cluster().createSecret(name, name)).isEqualTo(201);
      secrets.add(name);
    }
  }

  private void assertAllRead() throws Exception {
    for (String name : secrets) {
      assertThat(site.cluster().secret(name)).isEqualTo(name);
    }
  }

  private Duration restartApiServer() throws Exception {
    long start = System.nanoTime();
    site.restartApiServer();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  // Other work on the machine makes a restart slow, and nothing makes one quick.
  private Duration quickestRestart() throws Exception {
    Duration first = restartApiServer();
    Duration second = restartApiServer();
    return first.compareTo(second) < 0 ? first : second;
  }

  /** Waits until the plugin's log says it more often than {@code before} times. */
  private void awaitLog(String text, int before) throws Exception {
    Eventually.until(
        text,
        Duration.ofSeconds(150),
        () -> site.plugin().log().split(text, -1).length - 1 > before);
  }

  private boolean isOk() {
    try (KmsClient client = site.client()) {
      return client.status().getHealthz().equals("ok");
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  @Test
  void kekIsDead_anApiServerThatRestartsComesUp_alsoAfterARestartOfThePlugin() throws Exception {
    serve(journal());
    Duration healthy = Duration.ZERO;
    for (String round : List.of("a", "b", "c")) {
      write(round);
      site.restartPlugin();
      Duration took = restartApiServer();
      healthy = took.compareTo(healthy) > 0 ? took : healthy;
    }
    bao.cut();
    Duration dead = quickestRestart();
    assertAllRead();
    assertThat(dead).isLessThan(healthy.multipliedBy(3).dividedBy(2));
    bao.mend();

    // The same with a plugin that was restarted while the KEK lived: warm from the journal.
    site.restartPlugin();
    awaitLog("are in memory again", 3);
    bao.cut();
    Duration warmed = quickestRestart();
    assertAllRead();
    assertThat(warmed).isLessThan(healthy.multipliedBy(3).dividedBy(2));
    figures("ready: healthy %d ms, KEK dead %d ms, plugin restarted %d ms", healthy, dead, warmed);

    assertHonestWhenStartedWithoutItsKek();
  }

  // What no plugin can: unwrap without a KEK. It says so at once, and serves when the KEK is back.
  private void assertHonestWhenStartedWithoutItsKek() throws Exception {
    EncryptResponse sealed = sealed();
    site.relaunchPlugin();
    awaitLog("serving on", 5);
    List<Long> millis = new ArrayList<>();
    try (KmsClient client = KmsClient.connect(site.socket(), Duration.ofSeconds(5))) {
      for (int i = 0; i < 60; i++) {
        assertThat(code(client::status)).isEqualTo(Status.Code.UNAVAILABLE);
        long start = System.nanoTime();
        assertThat(code(() -> client.decrypt(sealed))).isEqualTo(Status.Code.UNAVAILABLE);
        millis.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
      }
    }
    // The first ones found out that the KEK is away.
    assertThat(millis.subList(10, 60)).allSatisfy(took -> assertThat(took).isLessThan(200));
    site.relaunchApiServer();
    bao.mend();
    Eventually.until("the plugin serves again", Duration.ofSeconds(4), this::isOk);
    site.cluster().awaitReady();
    assertAllRead();
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private EncryptResponse sealed() {
    try (KmsClient client = site.client()) {
      return client.encrypt(new byte[32]);
    }
  }

  private static void figures(String format, Duration... values) {
    Object[] millis = java.util.Arrays.stream(values).map(Duration::toMillis).toArray();
    System.getLogger("bulla.figures").log(System.Logger.Level.INFO, String.format(format, millis));
  }

  @Test
  void kekIsDeadForLong_writesStop_andReadsGoOn() throws Exception {
    serve("outage: { encryptFor: 70s, decryptFor: 1h, revokedFor: 1m }\n");
    write("a");
    bao.cut();
    long start = System.nanoTime();
    Eventually.until(
        "writes stop",
        Duration.ofSeconds(70 + 180 + 10),
        () -> site.cluster().createSecret("late" + System.nanoTime(), "x") != 201);
    figures("writes stopped after %d ms", Duration.ofNanos(System.nanoTime() - start));
    assertAllRead();
    bao.mend();
    Eventually.until(
        "writes go on",
        Duration.ofSeconds(90),
        () -> site.cluster().createSecret("again" + System.nanoTime(), "x") == 201);
  }

  @Test
  void keyIsDisabled_sealingStops_memoryIsErased_andEnabledItIsBack() throws Exception {
    serve("outage: { encryptFor: 30m, decryptFor: 1h, revokedFor: 5s }\n");
    write("a");
    EncryptResponse sealed = sealed();
    bao.key().softDelete();
    try (KmsClient client = KmsClient.connect(site.socket(), Duration.ofSeconds(5))) {
      Eventually.until(
          "sealing stops",
          Duration.ofSeconds(105),
          () -> code(() -> client.encrypt(new byte[32])) == Status.Code.FAILED_PRECONDITION);
      awaitLog("data keys from memory", 0);
      awaitLog("overwrote the free heap", 0);
      assertThatThrownBy(() -> client.decrypt(sealed)).isInstanceOf(StatusRuntimeException.class);
      assertThat(code(client::status)).isEqualTo(Status.Code.FAILED_PRECONDITION);
      bao.key().restore();
      Eventually.until("it is back", Duration.ofSeconds(40), this::isOk);
      assertThat(client.decrypt(sealed).getPlaintext().size()).isEqualTo(32);
    }
    restartApiServer();
    assertAllRead();
  }

  @Test
  void rotationUnderLoad_withTwoNodes_failsNoRequest_andBothIdsConverge() throws Exception {
    List<String> keks = List.of("name: primary, role: write, " + bao.block());
    String rest = "rotation: { delay: 10s }\n";
    site.serve(keks, rest);
    try (Site other = site.another()) {
      other.serve(keks, rest);
      String before = site.keyId();
      assertThat(other.keyId()).isEqualTo(before);
      try (ApiTraffic first = ApiTraffic.start(site, "first");
          ApiTraffic second = ApiTraffic.start(other, "second")) {
        first.awaitTurns(20);
        bao.key().rotate();
        Eventually.until(
            "both promote",
            Duration.ofMinutes(2),
            () -> !site.keyId().equals(before) && !other.keyId().equals(before));
        first.awaitTurns(20);
        second.awaitTurns(20);
        first.assertNoneFailed();
        second.assertNoneFailed();
      }
      assertThat(site.keyId()).isEqualTo(other.keyId());
      assertThat(site.cluster().secret("second1")).isEqualTo("value-1");
      assertThat(other.cluster().secret("first1")).isEqualTo("value-1");
    }
  }
}
