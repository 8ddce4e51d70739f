// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.time.Duration;

/**
 * A token, and how long it lives.
 *
 * @param value the secret
 * @param sinceNanos reading of the ticker before it was asked for: its life began no earlier
 * @param life from then on; zero if it does not end, or its end is not known
 * @param whole the longest life it was ever given: what a renewal asks for, so that none shortens
 *     it
 * @param renewable whether it is worth asking
 */
record Token(String value, long sinceNanos, Duration life, Duration whole, boolean renewable) {

  boolean ends() {
    return !life.isZero();
  }

  Duration left(long nowNanos) {
    Duration left = life.minusNanos(nowNanos - sinceNanos);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean expired(long nowNanos) {
    return ends() && left(nowNanos).isZero();
  }

  /** Returns the time until two thirds of its life are over. */
  Duration untilDue(long nowNanos) {
    Duration until = left(nowNanos).minus(life.dividedBy(3));
    return until.isNegative() ? Duration.ZERO : until;
  }

  /** Returns whether it got less than it once had: it nears its last day, so log in again. */
  boolean isCapped() {
    return life.compareTo(whole.minusSeconds(1)) < 0;
  }

  @Override
  public String toString() {
    return "Token(" + life + ")";
  }
}
