// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BootClockTest {
  @Test
  void uptime_isReadToTheHundredthOfASecond() {
    assertThat(BootClock.nanos("0.00 0.00\n")).isZero();
    assertThat(BootClock.nanos("0.07 0.00\n")).isEqualTo(70_000_000L);
    assertThat(BootClock.nanos("3127845.98 5000000.10\n")).isEqualTo(3_127_845_980_000_000L);
  }

  @Test
  void thisMachine_hasRunForAWhile() {
    long first = BootClock.nanos();
    assertThat(first).isPositive();
    assertThat(BootClock.nanos()).isGreaterThanOrEqualTo(first);
  }
}
