// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.time.Ticker;
import java.time.Duration;

/**
 * Bounds how often refused tokens are replaced: a few at once, then one in ten seconds. A policy
 * that lacks a line refuses every token, and each call would log in. Not thread-safe.
 */
final class Replacements {
  private static final int AT_ONCE = 3;
  private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  private final Ticker ticker;
  private int left = AT_ONCE;
  private long sinceNanos;

  Replacements(Ticker ticker) {
    this.ticker = ticker;
    this.sinceNanos = ticker.nanos();
  }

  boolean tryTake() {
    long earned = (ticker.nanos() - sinceNanos) / PAUSE_NANOS;
    sinceNanos += earned * PAUSE_NANOS;
    left = (int) Math.min(AT_ONCE, left + earned);
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }
}
