// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The door to the envelope: seal, open, and whether sealing works. Thread-safe. No method blocks: a
 * seal, and an open whose DEK is in memory, need no KEK and are done when the method returns.
 */
public final class Envelopes {
  /**
   * Largest plaintext, in bytes: a seed has 32; the ciphertext stays far below 1,024 (api.proto).
   */
  public static final int MAX_PLAINTEXT_BYTES = 512;

  /** Largest ciphertext that can open. */
  public static final int MAX_CIPHERTEXT_BYTES = MAX_PLAINTEXT_BYTES + Suite.OVERHEAD_BYTES;

  /** Largest annotation value that is looked at, in bytes. */
  public static final int MAX_ANNOTATION_BYTES = DekRecord.MAX_BYTES;

  /** Longest wait for an unwrap: below the 3 s that kube-apiserver gives a plugin by default. */
  public static final Duration MAX_WAIT = Duration.ofMillis(2_400);

  private final Keyring keyring;
  private final DekCache cache;
  private final Unwrapper unwrapper;
  private final WriteGate gate;
  private final EnvelopeEvents events;
  private final Runnable whenDue;

  /** {@code whenDue} is called by a seal that finds a successor due; it must not block. */
  Envelopes(
      Keyring keyring,
      DekCache cache,
      Unwrapper unwrapper,
      WriteGate gate,
      EnvelopeEvents events,
      Runnable whenDue) {
    this.keyring = keyring;
    this.cache = cache;
    this.unwrapper = unwrapper;
    this.gate = gate;
    this.events = events;
    this.whenDue = whenDue;
  }

  /** Returns whether a seal would work now, and under which key_id. From memory. */
  public WriteState state() {
    return state(new Told());
  }

  /**
   * Returns whether a seal would work now, and under which key_id. From memory.
   *
   * @param told of the connection that asks: a seal on it uses the same for a while
   */
  public WriteState state(Told told) {
    Obstacle obstacle = gate.obstacle();
    return obstacle == null ? keyring.state(told) : new WriteState.NotReady(obstacle);
  }

  /** Seals for a caller that was told nothing: see {@link #seal(byte[], Told)}. */
  public Envelope seal(byte[] plaintext) throws EnvelopeException {
    return seal(plaintext, new Told());
  }

  /**
   * Seals {@code plaintext} under the DEK of the moment, without a call to a KEK.
   *
   * @param plaintext 1 to {@value #MAX_PLAINTEXT_BYTES} bytes; stays the caller's
   * @param told of the connection that asks
   * @throws EnvelopeException.PlaintextSize if it is empty or larger
   * @throws EnvelopeException.Unserved if there is no DEK that may seal; ask again later
   */
  public Envelope seal(byte[] plaintext, Told told) throws EnvelopeException {
    if (plaintext.length < 1 || plaintext.length > MAX_PLAINTEXT_BYTES) {
      throw new EnvelopeException.PlaintextSize();
    }
    Obstacle obstacle = gate.obstacle();
    if (obstacle != null) {
      throw new EnvelopeException.Unserved(obstacle);
    }
    try {
      return keyring.seal(plaintext, told);
    } finally {
      if (keyring.isDue()) {
        whenDue.run();
      }
    }
  }

  /**
   * Opens an envelope: the exact plaintext, or a failure that is an {@link EnvelopeException}.
   *
   * @param budget the peer's allowance; an unwrap that is not under way takes one token
   * @param wait how long this caller waits for an unwrap, at most {@link #MAX_WAIT}
   * @return done already if the DEK is in memory or the envelope is refused without a KEK;
   *     otherwise completed by the thread that unwraps. The caller owns it and the array in it.
   */
  public CompletableFuture<byte[]> open(
      byte[] ciphertext, String keyId, byte[] annotation, TokenBucket budget, Duration wait) {
    if (ciphertext.length <= Suite.OVERHEAD_BYTES
        || ciphertext.length > MAX_CIPHERTEXT_BYTES
        || annotation.length > MAX_ANNOTATION_BYTES
        || !KeyId.isWellFormed(keyId)) {
      return CompletableFuture.failedFuture(new EnvelopeException.Refused());
    }
    AnnotationHash hash = AnnotationHash.of(annotation);
    Dek dek = cache.inMemory(hash);
    // Only what parsed is ever in the cache, so a hit needs no parsing.
    if (dek != null) {
      events.cacheHit();
      Optional<byte[]> plaintext = dek.open(ciphertext, keyId);
      if (plaintext.isPresent() || !dek.isErased()) {
        return plaintext
            .map(CompletableFuture::completedFuture)
            .orElseGet(() -> CompletableFuture.failedFuture(new EnvelopeException.Refused()));
      }
    }
    return unwrapped(hash, ciphertext, keyId, annotation, budget, wait);
  }

  private CompletableFuture<byte[]> unwrapped(
      AnnotationHash hash,
      byte[] ciphertext,
      String keyId,
      byte[] annotation,
      TokenBucket budget,
      Duration wait) {
    Optional<DekRecord> record = DekRecord.parse(annotation).filter(unwrapper::knows);
    if (record.isEmpty()) {
      return CompletableFuture.failedFuture(new EnvelopeException.Refused());
    }
    events.cacheMissed();
    Duration bounded = wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
    return cache
        .unwrap(hash, record.get(), budget::take)
        .copy()
        .orTimeout(bounded.toNanos(), TimeUnit.NANOSECONDS)
        .thenApply(unwrapped -> openedLate(unwrapped, ciphertext, keyId))
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(kindOf(failure)));
  }

  private static byte[] openedLate(Dek dek, byte[] ciphertext, String keyId) {
    return dek.open(ciphertext, keyId)
        .orElseThrow(
            () ->
                new UnwrapFailure(
                    dek.isErased()
                        ? new EnvelopeException.Unserved(Obstacle.KEK_UNCONFIRMED)
                        : new EnvelopeException.Refused()));
  }

  private static Throwable kindOf(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TimeoutException) {
      return new EnvelopeException.Unserved(Obstacle.TOO_SLOW);
    }
    return cause != null ? cause : failure;
  }

  /** Erases every DEK: nothing seals or opens without a KEK afterwards. */
  void erase() {
    keyring.eraseIf(_ -> true);
    var _ = cache.eraseIf(_ -> true);
  }
}
