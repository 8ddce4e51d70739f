// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A KEK service that goes away, refuses or takes the key away: what works, for how long. */
final class OutageTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Rig rig = Rig.started();

  @AfterEach
  void close() {
    rig.close();
  }

  private static Obstacle sealing(Rig rig) {
    return switch (rig.envelopes.state()) {
      case WriteState.Ready _ -> throw new AssertionError("it is ready");
      case WriteState.NotReady why -> why.obstacle();
    };
  }

  private boolean isReady() {
    return rig.envelopes.state() instanceof WriteState.Ready;
  }

  @Test
  void outage_stopsWritesAfterEncryptFor_andReadsAfterDecryptFor() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    rig.run(Duration.ofMinutes(29));
    assertThat(rig.phase()).isEqualTo(Phase.DEGRADED);
    assertThat(rig.envelopes.seal(SEED).keyId()).isEqualTo(envelope.keyId());
    rig.run(Duration.ofMinutes(2));
    assertThat(sealing(rig)).isEqualTo(Obstacle.KEK_UNAVAILABLE);
    assertThatThrownBy(() -> rig.envelopes.seal(SEED))
        .isInstanceOf(EnvelopeException.Unserved.class);
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.run(Duration.ofHours(23).plusMinutes(28));
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    assertThat(rig.scrubs).isZero();
    rig.run(Duration.ofMinutes(2));
    assertThat(Rig.obstacleOf(rig.open(envelope))).isEqualTo(Obstacle.KEK_UNAVAILABLE);
    assertThat(rig.told).contains("erased 1");
    assertThat(rig.scrubs).isEqualTo(1);
  }

  @Test
  void return_isFoundWithinTwoSeconds() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    rig.run(Duration.ofHours(2));
    assertThat(isReady()).isFalse();
    rig.kek.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(2));
    assertThat(rig.phase()).isEqualTo(Phase.HEALTHY);
    assertThat(rig.envelopes.seal(SEED).keyId()).isEqualTo(envelope.keyId());
  }

  @Test
  void coldOpen_whileTheKekIsKnownToBeAway_failsWithoutACall() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    try (Rig cold = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT)) {
      cold.step();
      rig.kek.fail(Fault.DOWN);
      cold.run(Duration.ofMinutes(2));
      int before = rig.kek.calls();
      for (int i = 0; i < 100; i++) {
        assertThat(Rig.obstacleOf(cold.open(envelope))).isEqualTo(Obstacle.KEK_UNAVAILABLE);
      }
      assertThat(rig.kek.calls()).isEqualTo(before);
      rig.kek.fail(Fault.NONE);
      cold.run(Duration.ofSeconds(2));
      assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    }
  }

  @Test
  void confirmation_isAtMostTwoCallsAMinute() {
    rig.run(Duration.ofMinutes(2));
    int before = rig.kek.calls();
    rig.run(Duration.ofHours(1));
    assertThat(rig.kek.calls() - before).isBetween(100, 120);
  }

  @Test
  void revocation_stopsWritesWithinAHundredSeconds_andErasesAfterItsGrace() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.run(Duration.ofMinutes(1));
    rig.kek.fail(Fault.DISABLED);
    rig.run(Duration.ofSeconds(100));
    assertThat(rig.told).contains("fake: DEGRADED to REVOKED");
    assertThat(sealing(rig)).isEqualTo(Obstacle.KEK_REVOKED);
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.run(Duration.ofMinutes(15));
    assertThat(Rig.obstacleOf(rig.open(envelope))).isEqualTo(Obstacle.KEK_REVOKED);
    assertThat(rig.told).contains("erased 1");
    assertThat(rig.scrubs).isEqualTo(1);
    rig.kek.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(31));
    assertThat(rig.open(envelope).get()).isEqualTo(SEED);
    assertThat(isReady()).isTrue();
  }

  @Test
  void oneAnswerOfARevokedKey_stopsNothing() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DISABLED);
    rig.run(Duration.ofSeconds(67));
    rig.kek.fail(Fault.NONE);
    rig.run(Duration.ofMinutes(5));
    assertThat(rig.told).doesNotContain("write: DEGRADED to REVOKED").doesNotContain("erased 1");
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    assertThat(isReady()).isTrue();
  }

  @Test
  void refusedCredentials_eraseAfterAnHour() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DENIED);
    rig.run(Duration.ofMinutes(58));
    assertThat(sealing(rig)).isEqualTo(Obstacle.KEK_DENIED);
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.run(Duration.ofMinutes(4));
    assertThat(Rig.obstacleOf(rig.open(envelope))).isEqualTo(Obstacle.KEK_DENIED);
  }

  @Test
  void strictMode_doesNothingWithoutTheKek() throws Exception {
    FakeKek kek = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
    try (Rig strict =
        new Rig(
            kek,
            Rig.settings(OutageLimits.STRICT, Rig.kek(KekRole.WRITE, kek)),
            WrappedDeks.none())) {
      strict.step();
      Envelope envelope = strict.envelopes.seal(SEED);
      kek.fail(Fault.DOWN);
      strict.run(Duration.ofSeconds(70));
      assertThat(sealing(strict)).isEqualTo(Obstacle.KEK_UNAVAILABLE);
      assertThat(Rig.obstacleOf(strict.open(envelope))).isEqualTo(Obstacle.KEK_UNAVAILABLE);
      kek.fail(Fault.NONE);
      strict.run(Duration.ofSeconds(2));
      assertThat(strict.open(envelope).get()).isEqualTo(SEED);
      assertThat(strict.envelopes.seal(SEED)).isNotNull();
    }
  }

  @Test
  void clockSteps_endNoGrace() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    rig.run(Duration.ofMinutes(3));
    for (int step : new int[] {86_400 * 400, -86_400 * 800, 3_600}) {
      rig.wallSteps.addAndGet(step);
      assertThat(isReady()).isTrue();
      rig.run(Duration.ofSeconds(2));
      assertThat(rig.envelopes.seal(SEED).keyId()).isEqualTo(envelope.keyId());
      assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    }
  }

  @Test
  void suspension_isConfirmedBeforeTheNextSeal() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    rig.suspended.addAndGet(600);
    assertThat(sealing(rig)).as("before the loop looked").isEqualTo(Obstacle.KEK_UNCONFIRMED);
    rig.run(Duration.ofSeconds(5));
    assertThatThrownBy(() -> rig.envelopes.seal(SEED))
        .isInstanceOf(EnvelopeException.Unserved.class);
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.kek.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(2));
    Envelope after = rig.envelopes.seal(SEED);
    assertThat(after.keyId()).isEqualTo(envelope.keyId());
    assertThat(after.annotation()).as("a new DEK").isNotEqualTo(envelope.annotation());
    assertThat(rig.told).contains("resumed after 600");
  }

  @Test
  void suspension_countsTowardsTheGrace() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    rig.kek.fail(Fault.DOWN);
    rig.run(Duration.ofMinutes(1));
    rig.suspended.addAndGet(25 * 3_600);
    rig.run(Duration.ofSeconds(1));
    assertThat(Rig.obstacleOf(rig.open(envelope))).isEqualTo(Obstacle.KEK_UNAVAILABLE);
  }

  @Test
  void coldStart_withADeadKek_saysSoAndWorksWithinTwoSecondsOfItsReturn() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    try (Rig cold = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT)) {
      rig.kek.fail(Fault.DOWN);
      cold.run(Duration.ofMinutes(10));
      assertThat(cold.phase()).isEqualTo(Phase.COLD);
      assertThat(sealing(cold)).isEqualTo(Obstacle.KEK_UNAVAILABLE);
      assertThat(Rig.obstacleOf(cold.open(envelope))).isEqualTo(Obstacle.KEK_UNAVAILABLE);
      rig.kek.fail(Fault.NONE);
      cold.run(Duration.ofSeconds(2));
      assertThat(cold.open(envelope).get()).isEqualTo(SEED);
      assertThat(cold.envelopes.seal(SEED).keyId()).isEqualTo(envelope.keyId());
    }
  }

  @Test
  void encryptAllowed_decryptDenied_sealsNothingNew() {
    rig.kek.fail(Fault.UNWRAP_DENIED);
    try (Rig fresh = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT)) {
      fresh.run(Duration.ofMinutes(1));
      assertThat(sealing(fresh)).isEqualTo(Obstacle.KEK_DENIED);
    }
  }

  @Test
  void floodOfOneBadAnnotation_costsOneCall_andHidesNoGoodData() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    byte[] bad = envelope.annotation().toByteArray();
    bad[bad.length - 1] ^= 1;
    try (Rig cold = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT)) {
      int before = rig.kek.unwraps();
      for (int i = 0; i < 1_000; i++) {
        assertThat(
                Rig.failureOf(
                    cold.open(
                        envelope.ciphertext(),
                        envelope.keyId().text(),
                        com.google.crypto.tink.util.Bytes.copyFrom(bad))))
            .isInstanceOf(EnvelopeException.Refused.class);
      }
      assertThat(rig.kek.unwraps()).isEqualTo(before + 1);
      assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    }
  }
}
