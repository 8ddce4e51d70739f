// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as settings write them: a whole number and one unit, or 0. */
final class Durations {
  static final Pattern SYNTAX = Pattern.compile("0|[0-9]{1,9}(ms|s|m|h|d)");

  private Durations() {}

  /** Parses text that matches {@link #SYNTAX}. */
  static Duration parse(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    long count = Long.parseLong(text.substring(0, digits));
    return switch (text.substring(digits)) {
      case "ms" -> Duration.ofMillis(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofSeconds(count);
    };
  }

  static String render(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0";
    }
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = duration.toSeconds();
    return seconds % 3_600 == 0
        ? seconds / 3_600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
