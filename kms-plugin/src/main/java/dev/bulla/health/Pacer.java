// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import java.time.Duration;

/**
 * Spreads calls over time while a service asks for fewer: halves the rate when throttled, raises it
 * bit by bit with success, and is gone when the rate is beyond what is ever needed. Thread-safe.
 */
final class Pacer {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** The rate after the first "too many", in calls a second: half of a peer's allowance. */
  static final double FIRST_RATE = 100;

  /** The rate at which there is nothing left to pace. */
  static final double FREE = 400;

  private static final double LOWEST = 1;

  /** Answers of one flood come together: they count once. */
  private static final long ONE_FLOOD = SECOND / 2;

  private double rate = FREE;
  private long nextNanos;
  private long throttledAtNanos;

  /** Returns how long the caller must wait for its turn, which is then taken; zero if not paced. */
  synchronized Duration turn(long nowNanos) {
    if (rate >= FREE) {
      return Duration.ZERO;
    }
    long at = nextNanos - nowNanos > 0 ? nextNanos : nowNanos;
    nextNanos = at + (long) (SECOND / rate);
    return Duration.ofNanos(at - nowNanos);
  }

  synchronized void throttled(long nowNanos) {
    if (rate >= FREE) {
      rate = FIRST_RATE;
      nextNanos = nowNanos;
    } else if (nowNanos - throttledAtNanos >= ONE_FLOOD) {
      rate = Math.max(LOWEST, rate / 2);
    } else {
      return;
    }
    throttledAtNanos = nowNanos;
  }

  // One more a second for each second's worth of successes.
  synchronized void succeeded() {
    if (rate < FREE) {
      rate += Math.max(LOWEST, rate / 10) / rate;
    }
  }
}
