// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.time.Ticker;

/**
 * Which endpoint is asked first: the first of the list, or for a while the one that answered when
 * an earlier one did not. Thread-safe.
 */
final class Preference {
  private final Ticker ticker;
  private final long holdNanos;
  private int preferred;
  private long untilNanos;

  Preference(Ticker ticker, long holdNanos) {
    this.ticker = ticker;
    this.holdNanos = holdNanos;
  }

  synchronized int first() {
    if (preferred != 0 && ticker.nanos() - untilNanos >= 0) {
      preferred = 0;
    }
    return preferred;
  }

  /** Notes that {@code index} answered where the one that was asked first did not. */
  synchronized void answered(int index) {
    preferred = index;
    untilNanos = ticker.nanos() + holdNanos;
  }
}
