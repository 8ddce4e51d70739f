// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import java.time.Duration;
import java.util.Objects;

/**
 * The instant by which a call must have ended, on a {@link Ticker}. Absolute, so that it can be
 * handed down through layers without each one starting the time afresh. Immutable, thread-safe.
 */
public final class Deadline {
  /** Longest time ahead: a day, far below the range in which ticker readings wrap around. */
  public static final Duration MAX = Duration.ofDays(1);

  private final Ticker ticker;
  private final long atNanos;

  private Deadline(Ticker ticker, long atNanos) {
    this.ticker = ticker;
    this.atNanos = atNanos;
  }

  /**
   * Returns the deadline that lies {@code ahead} of now; a negative duration is a deadline that has
   * passed, one over {@link #MAX} is cut to it.
   */
  public static Deadline after(Duration ahead, Ticker ticker) {
    Objects.requireNonNull(ahead, "ahead");
    Duration bounded = ahead.compareTo(MAX) > 0 ? MAX : ahead.isNegative() ? Duration.ZERO : ahead;
    return new Deadline(ticker, ticker.nanos() + bounded.toNanos());
  }

  /** Returns this deadline, or the one that lies {@code ahead} of now if that is earlier. */
  public Deadline atMost(Duration ahead) {
    return ahead.compareTo(remaining()) < 0 ? after(ahead, ticker) : this;
  }

  /** Returns the time left; zero if the deadline has passed, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, atNanos - ticker.nanos()));
  }

  /** Returns whether the deadline has passed. */
  public boolean expired() {
    return ticker.nanos() - atNanos >= 0;
  }
}
