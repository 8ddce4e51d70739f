// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When all memory may be locked, by what the kernel says of the process. */
final class MemoryLockRulesTest {
  private static List<String> limit(String soft) {
    return List.of(
        "Limit                     Soft Limit           Hard Limit           Units     ",
        "Max locked memory         %-20s unlimited            bytes     ".formatted(soft));
  }

  private static List<String> capabilities(String effective) {
    return List.of("Name:\tjava", "CapEff:\t" + effective);
  }

  @Test
  void noLimit_orTheCapability_allowsIt() {
    assertThat(MemoryLockRules.obstacle(limit("unlimited"), capabilities("0000000000000000")))
        .isEmpty();
    assertThat(MemoryLockRules.obstacle(limit("8388608"), capabilities("0000000000004000")))
        .isEmpty();
  }

  @Test
  void aLimit_isAnObstacleHoweverLarge() {
    assertThat(MemoryLockRules.obstacle(limit("8388608"), capabilities("ffffffffffffbfff")))
        .hasValueSatisfying(why -> assertThat(why).contains("is 8388608 bytes"));
  }

  @Test
  void whatIsNotTold_isAnObstacle() {
    assertThat(MemoryLockRules.obstacle(List.of(), List.of())).isPresent();
  }
}
