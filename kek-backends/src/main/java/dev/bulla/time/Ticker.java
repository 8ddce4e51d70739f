// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A source of elapsed time. Its reading has no relation to wall time and may wrap around: compare
 * two readings by subtraction only. Thread-safe.
 */
@FunctionalInterface
public interface Ticker {
  /** Returns the elapsed time, in nanoseconds since an arbitrary origin. */
  long nanos();

  /**
   * Lets {@code time} pass for the calling thread, which may block; ends early when the thread is
   * interrupted, and leaves its interrupt flag set. Here, so that a clock in a test's hand rules
   * waits as well.
   */
  default void pause(Duration time) {
    if (time.isPositive()) {
      LockSupport.parkNanos(time.toNanos());
    }
  }

  /** Returns the ticker of this process, {@link System#nanoTime()}. */
  static Ticker system() {
    return System::nanoTime;
  }

  /**
   * Returns a ticker that goes on while the machine is suspended: the kernel's time since boot, to
   * 10 ms. Reads a file of the kernel's each time, some 10 microseconds.
   */
  static Ticker sinceBoot() {
    return BootClock::nanos;
  }
}
