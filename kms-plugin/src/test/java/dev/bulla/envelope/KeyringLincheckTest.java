// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.util.Bytes;
import java.time.Duration;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving, up to a bound, of seals and swaps: a key_id never goes out with another DEK's
 * annotation, and no DEK seals once more than it may.
 */
public class KeyringLincheckTest {
  private static final DekLimits LIMITS = new DekLimits(Duration.ofHours(1), 64);
  private static final Dek FIRST = dek((byte) 1);
  private static final Dek SECOND = dek((byte) 2);
  private static final KeyId FIRST_ID = new KeyId("b1." + "A".repeat(32));
  private static final KeyId SECOND_ID = new KeyId("b1." + "B".repeat(32));

  private final SealBudget budget = new SealBudget(LIMITS, 0);
  private final Keyring keyring = new Keyring(LIMITS, () -> 0);

  /** Leaves one seal in the budget. */
  public KeyringLincheckTest() {
    for (int i = 0; i < 63; i++) {
      budget.spend(0);
    }
    keyring.adopt(FIRST_ID, FIRST);
  }

  private static Dek dek(byte mark) {
    return new Dek(
        new NoAead(mark), new AssociatedData("s"), Bytes.copyFrom(new byte[] {mark}), List.of());
  }

  /**
   * Stands for the cipher: under Lincheck's own random numbers a real one would repeat its nonce.
   */
  private record NoAead(byte mark) implements Aead {
    @Override
    public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
      return new byte[] {mark};
    }

    @Override
    public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
      return ciphertext.clone();
    }
  }

  /** Spends one seal. */
  @Operation
  public boolean spend() {
    return budget.spend(0);
  }

  /** Swaps the DEK. */
  @Operation
  public void swap() {
    keyring.adopt(SECOND_ID, SECOND);
  }

  /** Returns which DEK sealed, or fails if the id is another's. */
  @Operation
  public int seal() throws EnvelopeException {
    Envelope envelope = keyring.seal(new byte[] {7}, new Told());
    int mark = envelope.annotation().toByteArray()[0];
    byte[] ciphertext = envelope.ciphertext().toByteArray();
    boolean sealedByIt = ciphertext[ciphertext.length - 1] == mark;
    if (envelope.keyId().equals(FIRST_ID) != (mark == 1) || !sealedByIt) {
      throw new IllegalStateException("an envelope of two DEKs left");
    }
    return mark;
  }

  @Test
  void interleavings_areLinearizable() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("bulla.lincheck", 10))
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(KeyringLincheckTest.class);
  }
}
