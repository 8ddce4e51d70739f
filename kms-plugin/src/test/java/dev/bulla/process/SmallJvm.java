// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.io.IOException;
import java.nio.file.Path;

/** Another JVM, with this one's class path. */
final class SmallJvm {
  private SmallJvm() {}

  /** Starts a program; what it says on stderr is this process's. */
  static Process start(Class<?> program) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
