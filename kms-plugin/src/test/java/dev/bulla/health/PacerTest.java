// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How calls are spread while a service throttles. */
final class PacerTest {
  private static final long SECOND = 1_000_000_000L;
  private final Pacer pacer = new Pacer();

  @Test
  void turn_withoutThrottling_isAtOnce() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(pacer.turn(0)).isZero();
    }
  }

  @Test
  void turn_whenThrottled_isTenMillisecondsApart() {
    pacer.throttled(0);
    assertThat(pacer.turn(0)).isZero();
    assertThat(pacer.turn(0)).isEqualTo(Duration.ofMillis(10));
    assertThat(pacer.turn(0)).isEqualTo(Duration.ofMillis(20));
    assertThat(pacer.turn(SECOND)).isZero();
  }

  @Test
  void throttled_manyTimesAtOnce_countsOnce() {
    for (int i = 0; i < 100; i++) {
      pacer.throttled(i);
    }
    assertThat(pacer.turn(SECOND)).isZero();
    assertThat(pacer.turn(SECOND)).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void throttled_againAndAgain_halvesTheRateDownToOneASecond() {
    for (int i = 0; i < 20; i++) {
      pacer.throttled(i * SECOND);
    }
    long now = 30 * SECOND;
    assertThat(pacer.turn(now)).isZero();
    assertThat(pacer.turn(now)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void succeeded_longEnough_endsThePacing() {
    pacer.throttled(0);
    int successes = 0;
    while (paced(SECOND * successes)) {
      pacer.succeeded();
      successes++;
      assertThat(successes).isLessThan(10_000);
    }
    assertThat(successes).isGreaterThan(1_000);
  }

  private boolean paced(long nanos) {
    return !pacer.turn(nanos).plus(pacer.turn(nanos)).isZero();
  }
}
