// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second process: one that can be killed, or whose file systems are its own. */
final class Child {
  private Child() {}

  /** Returns how to start a main class after some words of shell. */
  static ProcessBuilder command(String before, Class<?> main, String... arguments) {
    return command(List.of("sh", "-c", before + "; exec \"$@\"", "sh"), main, arguments);
  }

  /** Returns how to start a main class behind a prefix, such as {@code unshare}. */
  static ProcessBuilder command(List<String> prefix, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
