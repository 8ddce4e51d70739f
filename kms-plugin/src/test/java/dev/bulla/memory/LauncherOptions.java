// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The launcher's options of the JVM, for programs that must run as the launcher runs them. */
public final class LauncherOptions {
  private LauncherOptions() {}

  /** Returns them without the class archive, which is of the program's jars. */
  public static List<String> read() throws IOException {
    String launcher = Files.readString(Path.of("..", "bulla"));
    String command = launcher.substring(launcher.lastIndexOf("\nexec "));
    List<String> options =
        Stream.of(command.split("[\\s\\\\]+"))
            .filter(word -> word.startsWith("-X") && !word.startsWith("-XX:SharedArchiveFile"))
            .toList();
    if (!options.contains("-XX:+UseSerialGC")) {
      throw new AssertionError("the launcher's options were not found: " + options);
    }
    return options;
  }
}
