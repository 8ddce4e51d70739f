// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of the envelope is what it does. */
final class InspectionTest {
  private static final Duration DELAY = Duration.ofMinutes(5);

  private final FakeKek kek = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
  private final Rig rig =
      new Rig(
          kek,
          Rig.settings(OutageLimits.DEFAULT, DELAY, Rig.kek(KekRole.WRITE, kek)),
          WrappedDeks.none());

  @AfterEach
  void close() {
    rig.close();
  }

  private EnvelopeFacts facts() {
    return rig.parts.inspection().facts();
  }

  private KekFacts write() {
    return facts().keks().getFirst();
  }

  @Test
  void beforeTheFirstDek_thereIsLittleToTell() {
    assertThat(facts().sealing()).isEmpty();
    assertThat(facts().version()).isEmpty();
    assertThat(write().phase()).isEqualTo(Phase.COLD);
    assertThat(write().sinceConfirmed()).isEmpty();
    assertThat(write().sealsFor()).isZero();
  }

  @Test
  void dek_hasItsAgeAndSeals() throws Exception {
    rig.step();
    var _ = rig.envelopes.seal(new byte[32]);
    rig.pass(Duration.ofSeconds(90));
    EnvelopeFacts.Sealing sealing = facts().sealing().orElseThrow();
    assertThat(sealing.seals()).isEqualTo(1);
    assertThat(sealing.age()).isEqualTo(Duration.ofSeconds(90));
    assertThat(sealing.partial()).isFalse();
    assertThat(facts().deksInMemory()).isEqualTo(1);
  }

  @Test
  void grace_runsOutWhenTheEnvelopeStops() {
    rig.step();
    kek.fail(Fault.DOWN);
    while (rig.envelopes.state() instanceof WriteState.Ready) {
      assertThat(write().sealsFor()).isPositive();
      rig.run(Duration.ofSeconds(5));
    }
    assertThat(write().phase()).isEqualTo(Phase.DEGRADED);
    assertThat(write().sealsFor()).isZero();
    assertThat(write().opensFor())
        .isEqualTo(OutageLimits.DEFAULT.decryptFor().minus(write().sinceConfirmed().orElseThrow()));
    kek.fail(Fault.NONE);
    rig.run(Duration.ofSeconds(5));
    assertThat(write().sealsFor()).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30));
  }

  @Test
  void rotation_isToldWithItsInstant() {
    rig.step();
    rig.run(Duration.ofMinutes(1));
    KeyId before = facts().version().orElseThrow().keyId();
    assertThat(facts().pending()).isEmpty();
    kek.rotate(rig.now());
    rig.run(Duration.ofMinutes(3));
    EnvelopeFacts.Version pending = facts().pending().orElseThrow();
    assertThat(pending.usedFrom().orElseThrow()).isEqualTo(rig.now().minusSeconds(180).plus(DELAY));
    assertThat(pending.keyId()).isNotEqualTo(before);
    rig.run(Duration.ofMinutes(3));
    assertThat(facts().version().orElseThrow().keyId()).isEqualTo(pending.keyId());
    assertThat(facts().pending()).isEmpty();
  }

  @Test
  void keyId_isHashedAsTheApiServerDoes() throws Exception {
    rig.step();
    KeyId keyId = facts().version().orElseThrow().keyId();
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(keyId.text().getBytes(StandardCharsets.UTF_8));
    assertThat(keyId.hash()).isEqualTo("sha256:" + HexFormat.of().formatHex(hash));
  }
}
