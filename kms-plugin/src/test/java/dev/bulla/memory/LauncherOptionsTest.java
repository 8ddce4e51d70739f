// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LauncherOptionsTest {
  @Test
  void allLaunchers_setTheSameEnvironment() throws Exception {
    assertThat(LauncherOptions.environment()).isNotEmpty();
    for (String launcher :
        List.of("deploy/image/launcher.c", "e2e/seccomp/bulla", "bench/go/compare/arm.go")) {
      String text = Files.readString(Path.of("..", launcher));
      assertThat(LauncherOptions.environment())
          .as(launcher)
          .allSatisfy((name, value) -> assertThat(text).contains(name + "=" + value));
    }
  }
}
