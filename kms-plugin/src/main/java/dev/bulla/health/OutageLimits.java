// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import java.time.Duration;

/**
 * How long Bulla goes on without its KEK. All zero is the strict mode: nothing without the KEK.
 *
 * @param encryptFor how long seeds are sealed after the last confirmation, 0 to {@link #LONGEST}
 * @param decryptFor how long DEKs in memory open after it; not shorter than {@code encryptFor}
 * @param revokedFor how long DEKs in memory open after the KEK was found revoked
 */
public record OutageLimits(Duration encryptFor, Duration decryptFor, Duration revokedFor) {
  /** Longest of each: a month. */
  public static final Duration LONGEST = Duration.ofDays(30);

  /** What is used where nothing is configured (design §3). */
  public static final OutageLimits DEFAULT =
      new OutageLimits(Duration.ofMinutes(30), Duration.ofHours(24), Duration.ofMinutes(15));

  /** Nothing without the KEK. */
  public static final OutageLimits STRICT =
      new OutageLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Longest use of a DEK whose KEK refuses Bulla's credentials (design §6). */
  static final Duration DENIED_FOR = Duration.ofHours(1);

  /** Checks the ranges. */
  public OutageLimits {
    requireRange("encryptFor", encryptFor);
    requireRange("decryptFor", decryptFor);
    requireRange("revokedFor", revokedFor);
    if (encryptFor.compareTo(decryptFor) > 0) {
      throw new IllegalArgumentException(
          "encryptFor must not be longer than decryptFor: what is written must be readable");
    }
  }

  private static void requireRange(String name, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + " must be 0 to 30 days: " + value);
    }
  }
}
