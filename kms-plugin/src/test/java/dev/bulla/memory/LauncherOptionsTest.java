// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LauncherOptionsTest {
  @Test
  void bothLaunchers_setTheSameEnvironment() throws Exception {
    String ofTheImage = Files.readString(Path.of("..", "deploy", "image", "launcher.c"));
    assertThat(LauncherOptions.environment()).isNotEmpty();
    assertThat(LauncherOptions.environment())
        .allSatisfy(
            (name, value) -> assertThat(ofTheImage).contains("\"" + name + "=" + value + "\""));
  }
}
