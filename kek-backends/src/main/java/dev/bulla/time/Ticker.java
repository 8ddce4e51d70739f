// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

/**
 * A source of elapsed time. Its reading has no relation to wall time and may wrap around: compare
 * two readings by subtraction only. Thread-safe.
 */
@FunctionalInterface
public interface Ticker {
  /** Returns the elapsed time, in nanoseconds since an arbitrary origin. */
  long nanos();

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
