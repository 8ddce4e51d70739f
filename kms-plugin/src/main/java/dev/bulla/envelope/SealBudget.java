// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What one DEK may still seal: so many times, until so late. Lock-free, thread-safe. */
final class SealBudget {
  private final DekLimits limits;
  private final long bornNanos;
  private final AtomicLong seals = new AtomicLong();

  /** Starts full at {@code nowNanos}, a ticker reading. */
  SealBudget(DekLimits limits, long nowNanos) {
    this.limits = limits;
    this.bornNanos = nowNanos;
  }

  /** Spends one seal; false if the budget or the time is spent, and then nothing may be sealed. */
  boolean spend(long nowNanos) {
    return ageNanos(nowNanos) < limits.maxAge().toNanos()
        && seals.getAndIncrement() < limits.maxSeals();
  }

  /** Returns whether a successor should be prepared. */
  boolean isDue(long nowNanos) {
    return seals.get() >= limits.softSeals() || ageNanos(nowNanos) >= limits.softAge().toNanos();
  }

  /** Returns whether {@link #spend} would refuse. */
  boolean isSpent(long nowNanos) {
    return seals.get() >= limits.maxSeals() || ageNanos(nowNanos) >= limits.maxAge().toNanos();
  }

  EnvelopeFacts.Sealing facts(long nowNanos, boolean partial) {
    long spent = Math.min(seals.get(), limits.maxSeals());
    return new EnvelopeFacts.Sealing(Duration.ofNanos(ageNanos(nowNanos)), spent, limits, partial);
  }

  // Subtract, then compare: ticker readings may wrap around.
  private long ageNanos(long nowNanos) {
    return nowNanos - bornNanos;
  }
}
