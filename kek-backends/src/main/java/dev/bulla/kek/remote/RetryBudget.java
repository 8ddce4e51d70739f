// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

/**
 * Bounds what retries add to a service's load: a tenth of a retry is earned by each call, so that
 * calls are amplified by at most 1.1 however long an outage lasts. Thread-safe.
 */
final class RetryBudget {
  private static final int CALLS_PER_RETRY = 10;

  /** Most that can be saved up: ten retries. */
  private static final int MOST = 10 * CALLS_PER_RETRY;

  private int earned = CALLS_PER_RETRY;

  synchronized void onCall() {
    earned = Math.min(MOST, earned + 1);
  }

  synchronized boolean tryRetry() {
    if (earned < CALLS_PER_RETRY) {
      return false;
    }
    earned -= CALLS_PER_RETRY;
    return true;
  }
}
