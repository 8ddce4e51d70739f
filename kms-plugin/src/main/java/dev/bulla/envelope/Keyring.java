// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.time.Ticker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The DEK that seals now. Its whole state is one immutable snapshot behind one reference: a reader
 * sees a key_id and a DEK that belong together, and no call waits. Thread-safe.
 */
final class Keyring {
  /** What is announced and what seals: one value, so that the two never part. */
  private record Snapshot(KeyId keyId, Dek dek, SealBudget budget) {}

  private final DekLimits limits;
  private final Ticker ticker;
  private volatile @Nullable Snapshot current;
  private volatile Obstacle obstacle = Obstacle.STARTING;

  Keyring(DekLimits limits, Ticker ticker) {
    this.limits = limits;
    this.ticker = ticker;
  }

  /** Seals under {@code dek} from now on. The DEK must have been proved. */
  void adopt(KeyId keyId, Dek dek) {
    current =
        new Snapshot(keyId, Objects.requireNonNull(dek), new SealBudget(limits, ticker.nanos()));
  }

  /** Remembers why no DEK could be made, for those who ask while there is none. */
  void failed(Obstacle why) {
    obstacle = why;
  }

  /** Returns whether a DEK, or a successor, is wanted. */
  boolean isDue() {
    Snapshot now = current;
    return now == null || now.budget.isDue(ticker.nanos());
  }

  /** Forgets the sealing DEK. */
  void clear() {
    current = null;
  }

  WriteState state() {
    Snapshot now = current;
    if (now == null) {
      return new WriteState.NotReady(obstacle);
    }
    return now.budget.isSpent(ticker.nanos())
        ? new WriteState.NotReady(Obstacle.DEK_SPENT)
        : new WriteState.Ready(now.keyId);
  }

  Envelope seal(byte[] plaintext) throws EnvelopeException {
    Snapshot now = current;
    if (now == null) {
      throw new EnvelopeException.Unserved(obstacle);
    }
    if (!now.budget.spend(ticker.nanos())) {
      throw new EnvelopeException.Unserved(Obstacle.DEK_SPENT);
    }
    byte[] ciphertext = now.dek.seal(plaintext, now.keyId);
    return new Envelope(Bytes.copyFrom(ciphertext), now.keyId, now.dek.annotation());
  }
}
