// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a DEK may seal, at and around each limit, and where the ticker wraps. */
final class SealBudgetTest {
  private static final DekLimits LIMITS = new DekLimits(Duration.ofMinutes(5), 100);

  @Test
  void spend_upToTheLimit_isAllowedAndNotOnceMore() {
    SealBudget budget = new SealBudget(LIMITS, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(budget.isDue(0)).isEqualTo(i >= 80);
      assertThat(budget.isSpent(0)).isFalse();
      assertThat(budget.spend(0)).isTrue();
    }
    assertThat(budget.isSpent(0)).isTrue();
    assertThat(budget.spend(0)).isFalse();
  }

  @Test
  void spend_atItsAge_isRefusedAlsoWhereTheTickerWraps() {
    long born = Long.MAX_VALUE - 10;
    SealBudget budget = new SealBudget(LIMITS, born);
    long soft = born + Duration.ofMinutes(4).toNanos();
    long hard = born + Duration.ofMinutes(5).toNanos();
    assertThat(budget.isDue(soft - 1)).isFalse();
    assertThat(budget.isDue(soft)).isTrue();
    assertThat(budget.spend(hard - 1)).isTrue();
    assertThat(budget.spend(hard)).isFalse();
    assertThat(budget.isSpent(hard)).isTrue();
  }

  @Test
  void limits_outsideTheirRange_areRefused() {
    assertThatThrownBy(() -> new DekLimits(Duration.ofSeconds(59), 100))
        .hasMessageContaining("1m to 24h");
    assertThatThrownBy(() -> new DekLimits(Duration.ofHours(25), 100))
        .hasMessageContaining("1m to 24h");
    assertThatThrownBy(() -> new DekLimits(Duration.ofHours(1), 63)).hasMessageContaining("64");
    assertThatThrownBy(() -> new DekLimits(Duration.ofHours(1), (1L << 20) + 1))
        .hasMessageContaining("1048576");
  }
}
