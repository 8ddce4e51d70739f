// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The launcher's options of the JVM, for programs that must run as the launcher runs them. */
public final class LauncherOptions {
  private LauncherOptions() {}

  /** Returns them; the class archive, which is of the program's jars, is not one of them. */
  public static List<String> read() throws IOException {
    List<String> options =
        Files.readAllLines(Path.of("..", "deploy", "jvm.options")).stream()
            .filter(line -> line.startsWith("-X"))
            .toList();
    if (!options.contains("-XX:+UseSerialGC")) {
      throw new AssertionError("the launcher's options were not found: " + options);
    }
    return options;
  }
}
