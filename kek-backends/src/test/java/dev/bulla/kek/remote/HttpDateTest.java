// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Date header: exactly one form. */
final class HttpDateTest {
  private static final String GOOD = "Sun, 06 Nov 1994 08:49:37 GMT";

  @Test
  void date_isRead() {
    assertThat(HttpDate.of(List.of(GOOD))).contains(Instant.parse("1994-11-06T08:49:37Z"));
    assertThat(HttpDate.of(List.of("Tue, 29 Feb 2028 23:59:59 GMT")))
        .contains(Instant.parse("2028-02-29T23:59:59Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Tue, 29 Feb 2027 23:59:59 GMT",
        "Wed, 31 Apr 2027 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "sun, 06 nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "784111777"
      })
  void date_ofAnyOtherForm_isNone(String value) {
    assertThat(HttpDate.of(List.of(value))).isEmpty();
  }

  @Test
  void date_thatIsMissingOrDouble_isNone() {
    assertThat(HttpDate.of(List.of())).isEmpty();
    assertThat(HttpDate.of(List.of(GOOD, GOOD))).isEmpty();
  }
}
