// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel says of a hardened process, from outside. */
@Timeout(60)
final class HardenerTest {
  private Process child;
  private BufferedReader output;

  @BeforeEach
  void start() throws IOException {
    child = SmallJvm.start(HardenedProcess.class);
    output = child.inputReader();
  }

  @AfterEach
  void stop() {
    child.destroyForcibly();
  }

  private String file(String name) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(child.pid()), name));
  }

  @Test
  void apply_protectsEveryThread() throws IOException {
    assertThat(output.readLine()).isNotNull();
    assertThat(output.readLine())
        .startsWith("true not_dumpable, no_core_file, no_new_privileges, filtered_calls, ");
    assertThat(output.readLine()).isNotNull();
    assertThat(file("limits")).containsPattern("Max core file size +0 +0 ");
    List<String> threads = threadStates();
    assertThat(threads).hasSizeGreaterThan(5);
    // Seccomp 2: a filter. The JVM's own threads are older than the call.
    assertThat(threads)
        .allSatisfy(
            state -> assertThat(state).containsPattern("NoNewPrivs:\\s1\n(?s:.*)Seccomp:\\s2\n"));
  }

  private List<String> threadStates() throws IOException {
    List<String> states = new ArrayList<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + child.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        states.add(Files.readString(thread.resolve("status")));
      }
    }
    return states;
  }

  @Test
  void apply_makesFilteredCallsFail() throws IOException {
    assumeTrue("0".equals(output.readLine()), "this host forbids user namespaces anyway");
    assertThat(output.readLine()).contains("filtered_calls");
    assertThat(output.readLine()).isNotEqualTo("0");
  }

  @Test
  void apply_locksMemoryWhereThatCannotEndTheProcess() throws IOException {
    boolean allowed =
        MemoryLockRules.obstacle(file("limits").lines().toList(), file("status").lines().toList())
            .isEmpty();
    assertThat(output.readLine()).isNotNull();
    String summary = output.readLine();
    assertThat(output.readLine()).isNotNull();
    if (allowed) {
      assertThat(summary).endsWith("locked_memory");
      assertThat(file("status")).doesNotContainPattern("VmLck:\\s+0 kB");
    } else {
      assertThat(summary).contains("locked_memory not tried (the limit for locked memory is ");
    }
  }
}
