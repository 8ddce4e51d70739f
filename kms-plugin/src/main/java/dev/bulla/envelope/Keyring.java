// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.time.Ticker;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The DEK that seals now. Its whole state is one immutable snapshot behind one reference: a reader
 * sees a key_id and a DEK that belong together, and no call waits. Thread-safe.
 */
final class Keyring {
  private final DekLimits limits;
  private final Ticker ticker;
  private final AtomicReference<@Nullable Snapshot> current = new AtomicReference<>();
  private volatile Obstacle obstacle = Obstacle.STARTING;

  Keyring(DekLimits limits, Ticker ticker) {
    this.limits = limits;
    this.ticker = ticker;
  }

  /** Seals under {@code dek} from now on. The DEK must have been proved. */
  void adopt(KeyId keyId, Dek dek) {
    current.set(new Snapshot(keyId, dek, new SealBudget(limits, ticker.nanos())));
  }

  /** Remembers why no DEK could be made, for those who ask while there is none. */
  void failed(Obstacle why) {
    obstacle = why;
  }

  /** Returns whether a DEK, or a successor, is wanted. */
  boolean isDue() {
    Snapshot now = current.get();
    return now == null || now.budget().isDue(ticker.nanos());
  }

  /** Returns the DEK that seals. */
  Optional<Dek> sealing() {
    return Optional.ofNullable(current.get()).map(Snapshot::dek);
  }

  /** Returns what is to be told of the DEK that seals. */
  Optional<EnvelopeFacts.Sealing> facts() {
    return Optional.ofNullable(current.get())
        .map(now -> now.budget().facts(ticker.nanos(), now.dek().isPartial()));
  }

  /** Forgets the sealing DEK if it is of that kind. */
  void eraseIf(Predicate<Dek> kind) {
    Snapshot now = current.get();
    if (now != null && kind.test(now.dek()) && current.compareAndSet(now, null)) {
      now.dek().erase();
    }
  }

  /** Returns what Status answers, and binds the connection's next Encrypt to it. */
  WriteState state(Told told) {
    Snapshot now = current.get();
    if (now == null) {
      return new WriteState.NotReady(obstacle);
    }
    if (now.budget().isSpent(ticker.nanos())) {
      return new WriteState.NotReady(Obstacle.DEK_SPENT);
    }
    told.status(now, ticker.nanos());
    return new WriteState.Ready(now.keyId());
  }

  Envelope seal(byte[] plaintext, Told told) throws EnvelopeException {
    Snapshot now = current.get();
    if (now == null) {
      throw new EnvelopeException.Unserved(obstacle);
    }
    long nanos = ticker.nanos();
    Snapshot chosen = told.choose(now, nanos);
    if (chosen == null) {
      throw new EnvelopeException.Unserved(Obstacle.KEK_UNCONFIRMED);
    }
    if (!chosen.budget().spend(nanos)) {
      throw new EnvelopeException.Unserved(Obstacle.DEK_SPENT);
    }
    byte[] ciphertext = chosen.dek().seal(plaintext, chosen.keyId());
    if (ciphertext == null) {
      throw new EnvelopeException.Unserved(obstacle);
    }
    return new Envelope(Bytes.copyFrom(ciphertext), chosen.keyId(), chosen.dek().annotation());
  }
}
