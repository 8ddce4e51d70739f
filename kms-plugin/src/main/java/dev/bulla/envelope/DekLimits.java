// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Duration;

/**
 * How long and how often one DEK seals. A successor is prepared at four fifths of either.
 *
 * @param maxAge one minute to {@link #LONGEST_AGE}
 * @param maxSeals {@value #FEWEST_SEALS} to {@value #MOST_SEALS}
 */
public record DekLimits(Duration maxAge, long maxSeals) {
  /**
   * Most seals of one DEK: 2^20 random 96-bit nonces collide with a chance of 2^-57; NIST SP
   * 800-38D, section 8.3, allows 2^32 (2^-33).
   */
  public static final long MOST_SEALS = 1L << 20;

  /** Fewest seals of one DEK: with less, a start's own warm-up would spend a part that matters. */
  public static final long FEWEST_SEALS = 64;

  /** Longest life of one DEK as a sealing key (design §4). */
  public static final Duration LONGEST_AGE = Duration.ofHours(24);

  /** Shortest life of one DEK: with less, the KEK would be asked all the time. */
  public static final Duration SHORTEST_AGE = Duration.ofMinutes(1);

  /** What is used where nothing is configured. */
  public static final DekLimits DEFAULT = new DekLimits(LONGEST_AGE, MOST_SEALS);

  /** Checks the ranges. */
  public DekLimits {
    if (maxAge.compareTo(SHORTEST_AGE) < 0 || maxAge.compareTo(LONGEST_AGE) > 0) {
      throw new IllegalArgumentException("maxAge must be 1m to 24h: " + maxAge);
    }
    if (maxSeals < FEWEST_SEALS || maxSeals > MOST_SEALS) {
      throw new IllegalArgumentException(
          "maxSeals must be " + FEWEST_SEALS + " to " + MOST_SEALS + ": " + maxSeals);
    }
  }

  long softSeals() {
    return maxSeals / 5 * 4;
  }

  Duration softAge() {
    // A Duration divides by way of BigDecimal, whose tables a start can do without.
    return Duration.ofNanos(maxAge.toNanos() / 5 * 4);
  }
}
