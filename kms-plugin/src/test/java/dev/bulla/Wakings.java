// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How often a thread has slept and was woken, counted by the kernel. */
final class Wakings {
  private Wakings() {}

  /** Of the one thread of that name (its first 15 characters) in that process. */
  static long of(long pid, String name) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      List<Path> named = threads.filter(each -> isNamed(each, name)).toList();
      if (named.size() != 1) {
        throw new AssertionError(named.size() + " threads are called " + name);
      }
      return Files.readAllLines(named.getFirst().resolve("status")).stream()
          .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  private static boolean isNamed(Path thread, String name) {
    try {
      return Files.readString(thread.resolve("comm")).strip().equals(name);
    } catch (IOException _) {
      return false;
    }
  }
}
