// SPDX-License-Identifier: Apache-2.0
package dev.bulla.systemd;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What systemd wants to hear how often (sd_watchdog_enabled(3)). */
final class Watchdog {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final long NANOS = 1_000;

  private Watchdog() {}

  /** Returns after which silence the unit is ended; empty if it is not, or not for this process. */
  static Optional<Duration> period(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    boolean ours = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
        .filter(text -> ours && NUMBER.matcher(text).matches())
        .map(Long::parseLong)
        .filter(micros -> micros < Long.MAX_VALUE / NANOS)
        .map(micros -> Duration.ofNanos(micros * NANOS));
  }
}
