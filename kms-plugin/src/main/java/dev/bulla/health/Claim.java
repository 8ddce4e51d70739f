// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import java.time.Duration;

/**
 * Something grave that a service said of a key. One answer may be a mistake of one replica: it
 * stands when it was said again, {@link #APART} later or more, with no success in between.
 */
sealed interface Claim {
  /** Shortest time between the two answers (design §6). */
  Duration APART = Duration.ofSeconds(30);

  /** Returns the claim after it was said at {@code nowNanos}. */
  Claim said(long nowNanos);

  /** Returns the claim as it is when {@code gapNanos} have passed that the ticker did not count. */
  Claim aged(long gapNanos);

  /** It was not said. */
  record Unsaid() implements Claim {
    @Override
    public Claim said(long nowNanos) {
      return new Once(nowNanos);
    }

    @Override
    public Claim aged(long gapNanos) {
      return this;
    }
  }

  /** It was said, at that time for the first time. */
  record Once(long firstNanos) implements Claim {
    @Override
    public Claim said(long nowNanos) {
      return nowNanos - firstNanos >= APART.toNanos() ? new Standing(firstNanos, nowNanos) : this;
    }

    @Override
    public Claim aged(long gapNanos) {
      return new Once(firstNanos - gapNanos);
    }
  }

  /** It stands, since {@code sinceNanos}; it was said first at {@code firstNanos}. */
  record Standing(long firstNanos, long sinceNanos) implements Claim {
    @Override
    public Claim said(long nowNanos) {
      return this;
    }

    @Override
    public Claim aged(long gapNanos) {
      return new Standing(firstNanos - gapNanos, sinceNanos - gapNanos);
    }
  }
}
