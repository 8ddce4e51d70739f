// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's time since boot, suspensions included (proc(5), uptime). */
final class BootClock {
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final int NANO_DIGITS = 9;

  private BootClock() {}

  static long nanos() {
    try {
      String text = Files.readString(UPTIME);
      return new BigDecimal(text.substring(0, text.indexOf(' ')))
          .movePointRight(NANO_DIGITS)
          .longValue();
    } catch (IOException e) {
      throw new UncheckedIOException("the kernel does not tell its uptime; is /proc mounted?", e);
    }
  }
}
