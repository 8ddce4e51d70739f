// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process will do. */
final class Eventually {
  private static final long LOOK_NANOS = 20_000_000;

  private Eventually() {}

  static void until(String what, Duration most, Callable<Boolean> happened) throws Exception {
    Deadline deadline = Deadline.after(most, Ticker.system());
    while (!happened.call()) {
      if (deadline.expired()) {
        throw new AssertionError("not within " + most + ": " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
