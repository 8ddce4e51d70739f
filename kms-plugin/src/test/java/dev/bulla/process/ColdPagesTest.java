// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel says of a process, locked into memory where it may be, that gives pages back. */
@Timeout(60)
final class ColdPagesTest {
  @Test
  void giveBack_leavesLessOfTheJvmInMemory() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GivingProcess.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = child.inputReader();
        var input = child.outputWriter()) {
      assertThat(output.readLine()).isEqualTo("started");
      long before = libraryKilobytes(child);
      input.write('\n');
      input.flush();
      assertThat(output.readLine()).isEqualTo(new Outcome.Applied().toString());
      // A third of it was gone when it was measured.
      assertThat(libraryKilobytes(child)).isLessThan(before * 9 / 10);
      input.write('\n');
      input.flush();
      assertThat(output.readLine()).isEqualTo("alive");
    } finally {
      child.destroyForcibly();
    }
  }

  // Of the JVM's library, what is in memory.
  private static long libraryKilobytes(Process child) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + child.pid() + "/smaps"));
    boolean library = false;
    long sum = 0;
    for (String line : lines) {
      if (line.contains("-") && !line.contains(": ")) {
        library = line.endsWith("/libjvm.so");
      } else if (library && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return sum;
  }
}
