// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** Returns what the launcher puts into the environment. */
  public static Map<String, String> environment() throws IOException {
    String exported =
        Files.readAllLines(Path.of("..", "bulla")).stream()
            .filter(line -> line.startsWith("export MALLOC_"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the launcher's environment was not found"));
    return Stream.of(exported.split(" "))
        .skip(1)
        .map(each -> each.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }
}
