// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import java.time.Duration;

/**
 * Wakes those who wait for something to change, so that they need not look again and again. Nothing
 * is missed if a waiter reads {@link #rings()} first, then looks, and then waits. Thread-safe.
 */
public final class Bell {
  private long rings;

  /** Wakes all who wait. */
  public synchronized void ring() {
    rings++;
    notifyAll();
  }

  /** Returns how often it has rung. */
  public synchronized long rings() {
    return rings;
  }

  /**
   * Waits until it has rung more often than {@code heard} times, or until the time is over.
   *
   * @param longest at most {@link Deadline#MAX}; nothing is waited for if it is not positive
   * @throws InterruptedException if the thread is interrupted
   */
  public synchronized void await(long heard, Duration longest) throws InterruptedException {
    Deadline deadline = Deadline.after(longest, Ticker.system());
    while (rings == heard && !deadline.expired()) {
      // Rounded up: a wait of no time would be one without an end.
      wait(deadline.remaining().toMillis() + 1);
    }
  }
}
