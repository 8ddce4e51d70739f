// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.health.OutageLimits;
import dev.bulla.health.Setback;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A KEK that fails: nothing is sealed without it, nothing known is lost, and it may come back. */
final class FailingKekTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Rig rig = Rig.started();
  private final Rig cold = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT);

  @AfterEach
  void close() {
    rig.close();
    cold.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "SLOW"},
      mode = EnumSource.Mode.EXCLUDE)
  void make_throughAFailingKek_sealsNothing(Fault fault) throws Exception {
    FakeKek kek = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
    try (Rig fresh = new Rig(kek, Rig.SCOPE, DekLimits.DEFAULT)) {
      kek.fail(fault);
      fresh.step();
      assertThat(fresh.envelopes.state()).isInstanceOf(WriteState.NotReady.class);
      assertThatThrownBy(() -> fresh.envelopes.seal(SEED))
          .isInstanceOf(EnvelopeException.Unserved.class);
      kek.fail(Fault.NONE);
      fresh.run(Duration.ofSeconds(31));
      assertThat(fresh.envelopes.state()).isInstanceOf(WriteState.Ready.class);
    }
  }

  @Test
  void open_throughADeadKek_failsAndWorksWhenItIsBack() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    assertThat(Rig.failureOf(cold.open(envelope)))
        .isInstanceOfSatisfying(
            EnvelopeException.Unserved.class,
            e -> assertThat(e.obstacle()).isEqualTo(Obstacle.KEK_UNAVAILABLE));
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.kek.fail(Fault.NONE);
    assertThat(cold.open(envelope).get()).isEqualTo(SEED);
  }

  @Test
  void open_throughAKekThatGivesAnotherMaster_isRefused() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.WRONG_MASTER);
    assertThat(Rig.failureOf(cold.open(envelope))).isInstanceOf(EnvelopeException.Refused.class);
  }

  @Test
  void kekThatUnwrapsTheDekInUseToSomethingElse_isFoundOut_andCountsAsAway() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.WRONG_MASTER);
    rig.run(Duration.ofSeconds(70));
    assertThat(rig.parts.keks().write().kek().health().setback()).contains(Setback.UNTRUSTWORTHY);
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.run(OutageLimits.DEFAULT.encryptFor());
    assertThat(rig.envelopes.state())
        .isEqualTo(new WriteState.NotReady(Obstacle.KEK_UNTRUSTWORTHY));
    rig.kek.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(6));
    assertThat(rig.envelopes.state()).isInstanceOf(WriteState.Ready.class);
  }

  @Test
  void open_askedAgainWhileAFailureIsTold_startsAnew() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    CountDownLatch hold = rig.kek.holdUnwraps();
    CompletableFuture<byte[]> again =
        cold.open(envelope)
            .exceptionallyCompose(
                _ -> {
                  rig.kek.fail(Fault.NONE);
                  return cold.open(envelope);
                });
    hold.countDown();
    assertThat(again.get()).isEqualTo(SEED);
  }
}
