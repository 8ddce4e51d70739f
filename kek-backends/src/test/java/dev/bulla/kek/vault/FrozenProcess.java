// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Stops a process in its tracks, and lets it go on. */
final class FrozenProcess {
  private FrozenProcess() {}

  /** Returns when no thread of it runs any more. */
  static void freeze(Process process) throws IOException, InterruptedException {
    signal("-STOP", process);
    // The signal reaches its threads one by one, a little after kill has ended.
    while (!isStopped(process)) {
      Thread.onSpinWait();
    }
  }

  static void thaw(Process process) throws IOException, InterruptedException {
    signal("-CONT", process);
  }

  private static void signal(String signal, Process process)
      throws IOException, InterruptedException {
    var _ = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
  }

  private static boolean isStopped(Process process) throws IOException {
    Path threads = Path.of("/proc", String.valueOf(process.pid()), "task");
    try (Stream<Path> each = Files.list(threads)) {
      for (Path thread : each.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }
}
