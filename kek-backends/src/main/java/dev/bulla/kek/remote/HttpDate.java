// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The Date header of an answer: what the service's clock showed, to the second. */
public final class HttpDate {
  private static final int LENGTH = "Sun, 06 Nov 1994 08:49:37 GMT".length();

  // The one form that HTTP lets a server write; the JDK's own formatter of RFC 1123 takes others.
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  private HttpDate() {}

  /** Returns the time of the header's values; empty unless it is exactly one, of RFC 1123. */
  public static Optional<Instant> of(List<String> values) {
    if (values.size() != 1 || values.getFirst().length() != LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(FORMAT.parse(values.getFirst(), Instant::from));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
