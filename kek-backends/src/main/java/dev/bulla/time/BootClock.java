// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's time since boot, suspensions included (proc(5), uptime). */
final class BootClock {
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_HUNDREDTH = 10_000_000;

  private BootClock() {}

  static long nanos() {
    try {
      return nanos(Files.readString(UPTIME));
    } catch (IOException e) {
      throw new UncheckedIOException("the kernel does not tell its uptime; is /proc mounted?", e);
    }
  }

  // Seconds, a point and two digits, as the kernel has always written them. BigDecimal would read
  // it in one line, and takes 15 ms of a start for its tables of powers of ten.
  static long nanos(String uptime) {
    int point = uptime.indexOf('.');
    return Long.parseLong(uptime, 0, point, 10) * NANOS_PER_SECOND
        + Long.parseLong(uptime, point + 1, point + 3, 10) * NANOS_PER_HUNDREDTH;
  }
}
