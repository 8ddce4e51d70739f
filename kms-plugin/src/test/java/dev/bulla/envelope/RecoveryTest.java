// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More than one KEK: every DEK under each, opened through any, moved from one to the other. */
final class RecoveryTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final FakeKek aws = new FakeKek(KekType.AWS_KMS, "arn", Rig.SCOPE);
  private final FakeKek vault = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
  private final List<Rig> rigs = new ArrayList<>();

  @AfterEach
  void close() {
    rigs.forEach(Rig::close);
  }

  private Rig rig(ConfiguredKek... keks) {
    return rig(Rig.settings(OutageLimits.DEFAULT, keks));
  }

  private Rig rig(EnvelopeSettings settings) {
    Rig rig = new Rig(aws, settings, WrappedDeks.none());
    rigs.add(rig);
    rig.step();
    return rig;
  }

  private Rig both() {
    return rig(Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.RECOVERY, vault));
  }

  private static DekRecord record(Envelope envelope) {
    return DekRecord.parse(envelope.annotation().toByteArray()).orElseThrow();
  }

  @Test
  void everyDek_isWrappedToBoth_andProvedThroughBoth() throws Exception {
    Rig rig = both();
    DekRecord record = record(rig.envelopes.seal(SEED));
    assertThat(record.partial()).isFalse();
    assertThat(record.recipients())
        .extracting(Recipient::type)
        .containsExactly(KekType.AWS_KMS, KekType.TRANSIT);
    assertThat(aws.unwraps()).isEqualTo(1);
    assertThat(vault.unwraps()).isEqualTo(1);
  }

  @Test
  void recoveryThatDoesNotUnwrap_letsNothingOut() {
    vault.fail(Fault.WRONG_MASTER);
    Rig rig = both();
    rig.run(Duration.ofSeconds(1));
    assertThat(rig.envelopes.state()).isInstanceOf(WriteState.NotReady.class);
  }

  @Test
  void primaryGone_everythingOpensThroughRecovery() throws Exception {
    Envelope envelope = both().envelopes.seal(SEED);
    aws.fail(Fault.GONE);
    Rig cold = rig(Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.RECOVERY, vault));
    assertThat(cold.open(envelope).get()).isEqualTo(SEED);
  }

  @Test
  void primaryRevoked_isErasedAndOpensAgainThroughRecovery() throws Exception {
    Rig rig = both();
    Envelope envelope = rig.envelopes.seal(SEED);
    aws.fail(Fault.DISABLED);
    rig.run(Duration.ofMinutes(20));
    assertThat(rig.told).contains("erased 1");
    int before = vault.unwraps();
    assertThat(rig.open(envelope).get()).isEqualTo(SEED);
    assertThat(rig.open(envelope).get()).isEqualTo(SEED);
    assertThat(vault.unwraps()).isEqualTo(before + 1);
    rig.run(Duration.ofHours(30));
    assertThat(rig.open(envelope).join()).as("recovery vouches for it").isEqualTo(SEED);
  }

  @Test
  void primaryAwayForDays_warmReadsGoOn_whileRecoveryVouches() throws Exception {
    Rig rig = both();
    Envelope envelope = rig.envelopes.seal(SEED);
    aws.fail(Fault.DOWN);
    rig.run(Duration.ofHours(60));
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    assertThat(rig.envelopes.state()).isEqualTo(new WriteState.NotReady(Obstacle.KEK_UNAVAILABLE));
  }

  @Test
  void hangingPrimary_costsACallerLessThanTwoSeconds() throws Exception {
    Envelope envelope = both().envelopes.seal(SEED);
    Rig cold = rig(Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.RECOVERY, vault));
    CountDownLatch hold = aws.holdUnwraps();
    long start = System.nanoTime();
    assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    hold.countDown();
  }

  @Test
  void startWithoutRecovery_isPartial_andMadeWholeWhenItIsBack() throws Exception {
    vault.fail(Fault.DOWN);
    Rig rig = both();
    rig.run(Duration.ofSeconds(3));
    Envelope partial = rig.envelopes.seal(SEED);
    assertThat(record(partial).partial()).isTrue();
    vault.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(5));
    Envelope whole = rig.envelopes.seal(SEED);
    assertThat(record(whole).partial()).isFalse();
    assertThat(whole.keyId()).as("a partial wrap never changes key_id").isEqualTo(partial.keyId());
    assertThat(rig.open(partial).get()).isEqualTo(SEED);
  }

  @Test
  void turnoverWithoutRecovery_waitsAnHour_thenGoesPartial() throws Exception {
    Rig rig = both();
    Envelope before = rig.envelopes.seal(SEED);
    vault.fail(Fault.DOWN);
    rig.run(Duration.ofMinutes(2));
    rig.parts.succession().retire();
    rig.run(Duration.ofMinutes(57));
    assertThat(rig.envelopes.seal(SEED).annotation()).isEqualTo(before.annotation());
    rig.run(Duration.ofMinutes(3));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isTrue();
  }

  @Test
  void recoveryThatThrottlesForADay_doesNotStopWrites() throws Exception {
    Rig rig = both();
    vault.fail(Fault.THROTTLED);
    rig.run(Duration.ofHours(25));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isTrue();
  }

  @Test
  void recoveryThatDescribesButUnwrapsNoMore_doesNotStopWrites_andIsWholeWhenItDoes()
      throws Exception {
    Rig rig = both();
    vault.fail(Fault.UNWRAP_DENIED);
    rig.run(Duration.ofHours(52));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isTrue();
    int before = aws.unwraps();
    rig.run(Duration.ofMinutes(10));
    assertThat(aws.unwraps() - before).as("it is tried once a minute").isBetween(10, 40);
    vault.fail(Fault.NONE);
    rig.run(Duration.ofMinutes(2));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isFalse();
  }

  @Test
  void startWithARecoveryThatDescribesButDoesNotUnwrap_writesWithinSeconds() throws Exception {
    vault.fail(Fault.UNWRAP_DENIED);
    Rig rig = both();
    rig.run(Duration.ofSeconds(3));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isTrue();
    rig.run(Duration.ofHours(52));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isTrue();
  }

  @Test
  void turnoverWithoutARequiredRecovery_neverGoesPartial() throws Exception {
    EnvelopeSettings required =
        new EnvelopeSettings(
            Rig.SCOPE,
            1,
            List.of(Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.RECOVERY, vault)),
            DekLimits.DEFAULT,
            OutageLimits.DEFAULT,
            Duration.ZERO,
            new RecoveryPolicy(true, Duration.ofHours(1)),
            Duration.ZERO);
    Rig rig = rig(required);
    vault.fail(Fault.DOWN);
    rig.parts.succession().retire();
    rig.run(Duration.ofHours(5));
    assertThat(record(rig.envelopes.seal(SEED)).partial()).isFalse();
    Rig fresh = rig(required);
    fresh.run(Duration.ofMinutes(5));
    assertThat(fresh.envelopes.state()).isInstanceOf(WriteState.NotReady.class);
  }

  @Test
  void migration_fromAwsToVaultAndBack_hasNoMomentOfUnreadableData() throws Exception {
    List<Envelope> written = new ArrayList<>();
    List<ConfiguredKek[]> steps =
        List.of(
            new ConfiguredKek[] {Rig.kek(KekRole.WRITE, aws)},
            new ConfiguredKek[] {Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.RECOVERY, vault)},
            new ConfiguredKek[] {Rig.kek(KekRole.WRITE, vault), Rig.kek(KekRole.RECOVERY, aws)},
            new ConfiguredKek[] {Rig.kek(KekRole.WRITE, vault), Rig.kek(KekRole.DECRYPT, aws)},
            new ConfiguredKek[] {Rig.kek(KekRole.WRITE, aws), Rig.kek(KekRole.DECRYPT, vault)});
    for (ConfiguredKek[] step : steps) {
      Rig rig = rig(step);
      written.add(rig.envelopes.seal(SEED));
      for (Envelope envelope : written) {
        assertThat(rig.open(envelope).get()).isEqualTo(SEED);
      }
    }
    assertThat(written.subList(0, 4).stream().map(Envelope::keyId).distinct()).hasSize(4);
    // Going back to the first KEK needs a higher generation, which is the operator's to raise.
    assertThat(written.getLast().keyId()).isEqualTo(written.getFirst().keyId());
    Rig retired = rig(Rig.kek(KekRole.WRITE, vault));
    assertThat(Rig.failureOf(retired.open(written.getFirst())))
        .isInstanceOf(EnvelopeException.Refused.class);
    assertThat(retired.open(written.get(1)).get()).isEqualTo(SEED);
  }

  @Test
  void twoRecipientsWithDifferentKeys_areRefusedThroughEither() throws Exception {
    Rig rig = both();
    DekRecord one = record(rig.envelopes.seal(SEED));
    rig.parts.succession().retire();
    rig.step();
    Envelope second = rig.envelopes.seal(SEED);
    DekRecord two = record(second);
    for (boolean swap : new boolean[] {false, true}) {
      List<Recipient> mixed =
          swap
              ? List.of(one.recipients().getFirst(), two.recipients().getLast())
              : List.of(two.recipients().getFirst(), one.recipients().getLast());
      DekRecord forged = new DekRecord(false, 0, one.commitment(), mixed);
      // Only the blob that holds the committed master counts, whichever KEK answers first.
      CompletableFuture<byte[]> opening =
          rig.open(
              second.ciphertext(),
              second.keyId().text(),
              com.google.crypto.tink.util.Bytes.copyFrom(forged.encode()));
      assertThat(Rig.failureOf(opening)).isInstanceOf(EnvelopeException.Refused.class);
    }
  }
}
