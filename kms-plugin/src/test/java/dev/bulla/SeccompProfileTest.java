// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.client.KmsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program under the seccomp profile that is shipped, put on it without a container. */
@Timeout(180)
final class SeccompProfileTest {
  private static final List<String> UNDER =
      List.of("python3", "../deploy/seccomp/run-under.py", "../deploy/seccomp/bulla.json");

  @TempDir private Path folder;

  @BeforeEach
  void canBeApplied() throws Exception {
    assumeTrue(run("true") == 0, "there is no Python with libseccomp here");
  }

  private static int run(String... command) throws Exception {
    List<String> all = new ArrayList<>(UNDER);
    all.addAll(List.of(command));
    return new ProcessBuilder(all).redirectErrorStream(true).start().waitFor();
  }

  @Test
  void profile_isInForce() throws Exception {
    Path fifo = folder.resolve("fifo");
    // mknodat is not in the profile.
    assertThat(run("mkfifo", fifo.toString())).isNotZero();
    assertThat(fifo).doesNotExist();
  }

  @Test
  void demo_worksUnderIt() throws Exception {
    Process demo = Program.launch(folder, UNDER, Main.class, "demo");
    assertThat(demo.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).as(Files.readString(folder.resolve("stderr"))).isZero();
  }

  @Test
  void serve_worksUnderIt_fromStartToEnd() throws Exception {
    long uid = (Integer) Files.getAttribute(folder, "unix:uid");
    String journal = "journal: { path: %s }".formatted(folder.resolve("journal"));
    try (Program program = Program.start(folder, uid, journal, Main.class, UNDER);
        KmsClient client = program.client()) {
      Sealed.by(client).openWith(client);
      program.signal("QUIT");
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!Files.readString(folder.resolve("stdout")).contains("Full thread dump")) {
        assertThat(System.nanoTime() - end).as("a thread dump is late").isNegative();
        LockSupport.parkNanos(10_000_000);
      }
      // The profile, and the filter that the program puts on itself, beside those of this process.
      assertThat(filters(Long.toString(program.pid()))).isEqualTo(filters("self") + 2);
      assertThat(program.log())
          .contains("not_dumpable, no_core_file, no_new_privileges, filtered_calls, locked_memory")
          .doesNotContain("the journal is off");
      program.stop();
    }
    assertThat(folder.resolve("kms.sock")).doesNotExist();
  }

  private static int filters(String process) throws IOException {
    return Files.readAllLines(Path.of("/proc", process, "status")).stream()
        .filter(line -> line.startsWith("Seccomp_filters:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
        .sum();
  }
}
