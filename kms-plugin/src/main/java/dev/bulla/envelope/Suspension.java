// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Notices that the machine was suspended: the kernel's time since boot went on, the ticker did not.
 * The wall clock alone would not do, for it is also set by people. Thread-safe.
 */
final class Suspension {
  /** Shorter gaps are the clocks' own differences. */
  private static final Duration SHORTEST = Duration.ofSeconds(2);

  private final Ticker ticker;
  private final Ticker sinceBoot;
  private final InstantSource clock;
  private volatile Reading last;

  /** One moment on three clocks. */
  private record Reading(long tickerNanos, long bootNanos, long wallMillis) {}

  /** {@code sinceBoot} counts on while the machine is suspended; it may be slow to read. */
  Suspension(Ticker ticker, Ticker sinceBoot, InstantSource clock) {
    this.ticker = ticker;
    this.sinceBoot = sinceBoot;
    this.clock = clock;
    this.last = reading();
  }

  private Reading reading() {
    return new Reading(ticker.nanos(), sinceBoot.nanos(), clock.millis());
  }

  /** Returns the gap since the last look, if there was one, and looks again. */
  Optional<Duration> look() {
    Reading before = last;
    Reading now = reading();
    last = now;
    return Optional.of(gap(before, now)).filter(gap -> gap.compareTo(SHORTEST) > 0);
  }

  private static Duration gap(Reading before, Reading now) {
    long boot = now.bootNanos - before.bootNanos;
    return Duration.ofNanos(boot - (now.tickerNanos - before.tickerNanos));
  }

  /**
   * Returns whether there was a gap that {@link #look} has not seen yet. Cheap unless the wall
   * clock has jumped.
   */
  boolean isSuspected() {
    Reading before = last;
    long wall = clock.millis() - before.wallMillis;
    long ticked = (ticker.nanos() - before.tickerNanos) / 1_000_000;
    return Math.abs(wall - ticked) > SHORTEST.toMillis()
        && gap(before, reading()).compareTo(SHORTEST) > 0;
  }
}
