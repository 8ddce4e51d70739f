// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;

/**
 * A peer's allowance of cold unwraps: {@value #BURST} at once, {@value #PER_SECOND} a second after
 * that. It bounds what one caller with made-up annotations can ask of a KEK. Thread-safe.
 */
public final class TokenBucket {
  /** Unwraps at once: an API server that starts on data of 2,000 DEKs is not slowed down. */
  public static final int BURST = 2_000;

  /** Unwraps a second: below the quota that AWS KMS and transit give to one caller. */
  public static final int PER_SECOND = 200;

  private static final long NANOS_PER_TOKEN = 1_000_000_000L / PER_SECOND;
  private static final long CAPACITY_NANOS = BURST * NANOS_PER_TOKEN;

  private final Ticker ticker;
  private long storedNanos = CAPACITY_NANOS;
  private long lastNanos;

  /** Starts full. */
  public TokenBucket(Ticker ticker) {
    this.ticker = ticker;
    this.lastNanos = ticker.nanos();
  }

  /** Takes one token; false if there is none. */
  synchronized boolean take() {
    long now = ticker.nanos();
    storedNanos = Math.min(CAPACITY_NANOS, storedNanos + Math.max(0, now - lastNanos));
    lastNanos = now;
    if (storedNanos < NANOS_PER_TOKEN) {
      return false;
    }
    storedNanos -= NANOS_PER_TOKEN;
    return true;
  }
}
