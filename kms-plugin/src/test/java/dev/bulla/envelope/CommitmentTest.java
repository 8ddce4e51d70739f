// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * An envelope that is right in all but this: its record commits to another master than its
 * recipient holds. Without the check it would open, and two recipients could give two plaintexts.
 */
final class CommitmentTest {
  private final KeyDerivation derivation = new KeyDerivation(Rig.SCOPE);

  private static KeyMaterial master(int mark) {
    byte[] master = new byte[32];
    master[0] = (byte) mark;
    return KeyMaterial.adopt(master);
  }

  private Envelope forged(Rig rig, KeyMaterial committed, KeyMaterial wrapped)
      throws KekException, EnvelopeException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(5), rig.nanos::get);
    WrappedKey blob = rig.kek.wrap(wrapped, rig.kek.describe(deadline).current(), deadline);
    Recipient recipient =
        new Recipient(rig.kek.identity().type(), KekTag.of(rig.kek.identity()), blob);
    DekRecord record =
        new DekRecord(false, 0, derivation.commitment(committed), List.of(recipient));
    Dek dek =
        new Dek(
            derivation.aead(wrapped),
            new AssociatedData(Rig.SCOPE),
            Bytes.copyFrom(record.encode()),
            List.of());
    KeyId keyId = rig.envelopes.seal(new byte[] {1}).keyId();
    byte[] sealed = Objects.requireNonNull(dek.seal(new byte[] {42}, keyId));
    return new Envelope(Bytes.copyFrom(sealed), keyId, dek.annotation());
  }

  @Test
  void open_ofARecordThatCommitsToItsMaster_givesThePlaintext() throws Exception {
    try (Rig rig = Rig.started()) {
      assertThat(rig.open(forged(rig, master(1), master(1))).get()).isEqualTo(new byte[] {42});
    }
  }

  @Test
  void open_ofARecordThatCommitsToAnotherMaster_isRefused() throws Exception {
    try (Rig rig = Rig.started()) {
      assertThat(Rig.failureOf(rig.open(forged(rig, master(1), master(2)))))
          .isInstanceOf(EnvelopeException.Refused.class);
    }
  }
}
