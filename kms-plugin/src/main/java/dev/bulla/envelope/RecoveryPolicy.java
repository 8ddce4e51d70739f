// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Duration;

/**
 * What happens to a new DEK while a recovery KEK is away.
 *
 * @param required whether no DEK may seal that a recovery KEK cannot unwrap, however long it is
 *     away
 * @param after otherwise: how long a recovery KEK must be away before the DEK in use is replaced by
 *     one without it. A start, which has no DEK yet, does not wait.
 */
public record RecoveryPolicy(boolean required, Duration after) {
  /** Longest wait. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /** What is used where nothing is configured (docs/decisions.md). */
  public static final RecoveryPolicy DEFAULT = new RecoveryPolicy(false, Duration.ofHours(1));

  /** Checks the range. */
  public RecoveryPolicy {
    if (after.isNegative() || after.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("after must be 0 to 7 days: " + after);
    }
  }
}
