// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.KekWatch;
import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seal and open: what comes back, what is refused, and what it costs the KEK. */
final class EnvelopesTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Rig rig = Rig.started();
  private final Rig cold = new Rig(rig.kek, Rig.SCOPE, DekLimits.DEFAULT);

  @AfterEach
  void close() {
    rig.close();
    cold.close();
  }

  @Test
  void open_ofASeal_givesTheSeedWithoutTheKek() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    int before = rig.kek.calls();
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    assertThat(rig.kek.calls()).isEqualTo(before);
    assertThat(envelope.ciphertext().size()).isEqualTo(61);
    assertThat(envelope.keyId().text()).hasSize(35);
  }

  @Test
  void firstDek_isMadeOnceTheKekHasAnswered_withoutAnotherLook() {
    cold.parts.watches().forEach(KekWatch::tick);
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          while (!(cold.envelopes.state() instanceof WriteState.Ready)) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void open_inAnotherProcess_costsOneUnwrapForAllSeedsOfADek() throws Exception {
    Envelope first = rig.envelopes.seal(SEED);
    Envelope second = rig.envelopes.seal(new byte[] {1});
    int before = rig.kek.calls();
    assertThat(cold.open(first).get()).isEqualTo(SEED);
    assertThat(cold.open(second).get()).isEqualTo(new byte[] {1});
    assertThat(rig.kek.calls()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 31, 32, 33, 511, 512})
  void seal_ofEveryAllowedSize_opensAgain(int size) throws Exception {
    byte[] plaintext = new byte[size];
    Arrays.fill(plaintext, (byte) size);
    assertThat(rig.open(rig.envelopes.seal(plaintext)).join()).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 513, 2000})
  void seal_ofAnotherSize_isRefused(int size) {
    assertThatThrownBy(() -> rig.envelopes.seal(new byte[size]))
        .isInstanceOf(EnvelopeException.PlaintextSize.class);
  }

  @Test
  void open_ofEveryFlippedBit_isRefusedAlike() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    String keyId = envelope.keyId().text();
    List<Throwable> failures = new ArrayList<>();
    for (Bytes flipped : flips(envelope.ciphertext().toByteArray())) {
      failures.add(Rig.failureOf(cold.open(flipped, keyId, envelope.annotation())));
    }
    for (Bytes flipped : flips(envelope.annotation().toByteArray())) {
      failures.add(Rig.failureOf(cold.open(envelope.ciphertext(), keyId, flipped)));
    }
    for (Bytes flipped : flips(keyId.getBytes(StandardCharsets.ISO_8859_1))) {
      String id = new String(flipped.toByteArray(), StandardCharsets.ISO_8859_1);
      failures.add(Rig.failureOf(cold.open(envelope.ciphertext(), id, envelope.annotation())));
    }
    assertThat(failures).hasSize(8 * (61 + 35 + envelope.annotation().size()));
    assertThat(failures)
        .allSatisfy(f -> assertThat(f).isInstanceOf(EnvelopeException.Refused.class));
  }

  private static List<Bytes> flips(byte[] original) {
    List<Bytes> flips = new ArrayList<>();
    for (int bit = 0; bit < original.length * 8; bit++) {
      byte[] flipped = original.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      flips.add(Bytes.copyFrom(flipped));
    }
    return flips;
  }

  @Test
  void open_withFieldsOfAnotherEnvelope_isRefused() throws Exception {
    Envelope one = rig.envelopes.seal(SEED);
    FakeKek rotated = rig.kek;
    rotated.rotate(Instant.EPOCH.plusSeconds(9));
    Envelope two;
    try (Rig other = new Rig(rotated, Rig.SCOPE, DekLimits.DEFAULT)) {
      other.step();
      two = other.envelopes.seal(SEED);
    }
    assertThat(two.keyId()).isNotEqualTo(one.keyId());
    List<Envelope> both = List.of(one, two);
    for (int mask = 1; mask < 7; mask++) {
      Bytes ciphertext = both.get(mask & 1).ciphertext();
      KeyId keyId = both.get(mask >> 1 & 1).keyId();
      Bytes annotation = both.get(mask >> 2 & 1).annotation();
      assertThat(Rig.failureOf(cold.open(ciphertext, keyId.text(), annotation)))
          .isInstanceOf(EnvelopeException.Refused.class);
    }
    assertThat(cold.open(one).get()).isEqualTo(SEED);
    assertThat(cold.open(two).get()).isEqualTo(SEED);
  }

  @Test
  void open_ofAForeignEnvelope_isRefusedWithoutACall() throws Exception {
    Envelope foreign;
    try (Rig other =
        new Rig(new FakeKek(KekType.AWS_KMS, "other", Rig.SCOPE), Rig.SCOPE, DekLimits.DEFAULT)) {
      other.step();
      foreign = other.envelopes.seal(SEED);
    }
    int before = rig.kek.calls();
    assertThat(Rig.failureOf(rig.open(foreign))).isInstanceOf(EnvelopeException.Refused.class);
    assertThat(Rig.failureOf(rig.open(foreign.ciphertext(), "b1.", foreign.annotation())))
        .isInstanceOf(EnvelopeException.Refused.class);
    assertThat(
            Rig.failureOf(
                rig.open(
                    foreign.ciphertext(), foreign.keyId().text(), Bytes.copyFrom(new byte[0]))))
        .isInstanceOf(EnvelopeException.Refused.class);
    assertThat(rig.kek.calls()).isEqualTo(before);
  }

  @Test
  void open_ofAnotherScope_isRefused() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    try (Rig other = new Rig(rig.kek, "other/scope", DekLimits.DEFAULT)) {
      assertThat(Rig.failureOf(other.open(envelope))).isInstanceOf(EnvelopeException.Refused.class);
    }
  }

  @Test
  void open_byManyAtOnce_unwrapsOnce() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    int before = rig.kek.unwraps();
    CountDownLatch hold = rig.kek.holdUnwraps();
    List<CompletableFuture<byte[]>> openings = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      openings.add(cold.open(envelope));
    }
    hold.countDown();
    for (CompletableFuture<byte[]> opening : openings) {
      assertThat(opening.get()).isEqualTo(SEED);
    }
    assertThat(rig.kek.unwraps()).isEqualTo(before + 1);
  }

  @Test
  void open_byACallerThatGaveUp_fillsTheCacheAllTheSame() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    int before = rig.kek.unwraps();
    CountDownLatch hold = rig.kek.holdUnwraps();
    CompletableFuture<byte[]> impatient =
        cold.envelopes.open(
            envelope.ciphertext().toByteArray(),
            envelope.keyId().text(),
            envelope.annotation().toByteArray(),
            cold.budget,
            Duration.ofMillis(20));
    assertThat(Rig.failureOf(impatient))
        .isInstanceOfSatisfying(
            EnvelopeException.Unserved.class,
            e -> assertThat(e.obstacle()).isEqualTo(Obstacle.TOO_SLOW));
    CompletableFuture<byte[]> cancelled = cold.open(envelope);
    cancelled.cancel(false);
    hold.countDown();
    assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    assertThat(rig.kek.unwraps()).isEqualTo(before + 1);
  }

  @Test
  void open_beyondTheBudget_isRefusedAndKnownDataAreNot() throws Exception {
    Envelope envelope = rig.envelopes.seal(SEED);
    byte[] annotation = envelope.annotation().toByteArray();
    for (int i = 0; i < TokenBucket.BURST; i++) {
      var _ = rig.open(envelope.ciphertext(), envelope.keyId().text(), made(annotation, i));
    }
    assertThat(
            Rig.failureOf(
                rig.open(envelope.ciphertext(), envelope.keyId().text(), made(annotation, -1))))
        .isInstanceOfSatisfying(
            EnvelopeException.Unserved.class,
            e -> assertThat(e.obstacle()).isEqualTo(Obstacle.TOO_MANY_UNWRAPS));
    assertThat(rig.open(envelope).join()).isEqualTo(SEED);
    rig.pass(Duration.ofMillis(5));
    assertThat(
            Rig.failureOf(
                rig.open(envelope.ciphertext(), envelope.keyId().text(), made(annotation, -1))))
        .isInstanceOf(EnvelopeException.Refused.class);
  }

  // Another creation time: never seen, parses, and is of a KEK that is known.
  private static Bytes made(byte[] annotation, int number) {
    byte[] other = annotation.clone();
    ByteBuffer.wrap(other).putInt(3, number);
    return Bytes.copyFrom(other);
  }

  @Test
  void turnover_atItsAge_changesTheDekAndNotTheKeyId() throws Exception {
    Envelope before = rig.envelopes.seal(SEED);
    rig.pass(Duration.ofHours(19));
    rig.step();
    assertThat(rig.envelopes.seal(SEED).annotation()).isEqualTo(before.annotation());
    rig.pass(Duration.ofMinutes(13));
    rig.step();
    Envelope after = rig.envelopes.seal(SEED);
    assertThat(after.annotation()).isNotEqualTo(before.annotation());
    assertThat(after.keyId()).isEqualTo(before.keyId());
    assertThat(rig.open(before).join()).isEqualTo(SEED);
    assertThat(rig.open(after).join()).isEqualTo(SEED);
  }

  @Test
  void seal_thatMakesASuccessorDue_asksForALook() throws Exception {
    DekLimits few = new DekLimits(Duration.ofHours(1), DekLimits.FEWEST_SEALS);
    try (Rig alone = new Rig(rig.kek, Rig.SCOPE, few)) {
      alone.step();
      Envelope first = alone.envelopes.seal(SEED);
      alone.woken();
      for (long i = 1; i < few.softSeals(); i++) {
        assertThat(alone.envelopes.seal(SEED).annotation()).isEqualTo(first.annotation());
      }
      alone.woken();
      assertThat(alone.envelopes.seal(SEED).annotation()).isNotEqualTo(first.annotation());
    }
  }

  @Test
  void seal_beyondTheDeksLimits_isRefusedAndOpenIsNot() throws Exception {
    OutageLimits patient =
        new OutageLimits(OutageLimits.LONGEST, OutageLimits.LONGEST, Duration.ZERO);
    try (Rig alone =
        new Rig(
            rig.kek, Rig.settings(patient, Rig.kek(KekRole.WRITE, rig.kek)), WrappedDeks.none())) {
      alone.step();
      Envelope envelope = alone.envelopes.seal(SEED);
      alone.kek.fail(Fault.DOWN);
      alone.pass(Duration.ofHours(24));
      alone.step();
      assertThat(alone.envelopes.state()).isEqualTo(new WriteState.NotReady(Obstacle.DEK_SPENT));
      assertThatThrownBy(() -> alone.envelopes.seal(SEED))
          .isInstanceOf(EnvelopeException.Unserved.class);
      assertThat(alone.open(envelope).join()).isEqualTo(SEED);
    }
  }

  @Test
  void seal_aMillionTimes_repeatsNoNonce() throws Exception {
    long[] nonces = new long[1_000_000];
    for (int i = 0; i < nonces.length; i++) {
      byte[] ciphertext = rig.envelopes.seal(SEED).ciphertext().toByteArray();
      nonces[i] = ByteBuffer.wrap(ciphertext).getLong(1);
    }
    Arrays.sort(nonces);
    for (int i = 1; i < nonces.length; i++) {
      assertThat(nonces[i] == nonces[i - 1]).as("nonce %d", i).isFalse();
    }
  }
}
