// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether all memory may be locked, now and later. With a limit the kernel would first agree, and
 * refuse memory in the middle of the work, which ends a JVM: so it is asked only without one.
 */
final class MemoryLockRules {
  private static final int CAP_IPC_LOCK = 14;
  private static final String LIMIT = "Max locked memory";
  private static final String CAPABILITIES = "CapEff:";

  private MemoryLockRules() {}

  /** Returns why it must not be tried, or nothing. */
  static Optional<String> obstacle() {
    try {
      return obstacle(
          Files.readAllLines(Path.of("/proc/self/limits")),
          Files.readAllLines(Path.of("/proc/self/status")));
    } catch (IOException _) {
      return Optional.of("the limit for locked memory cannot be read: mount /proc");
    }
  }

  static Optional<String> obstacle(List<String> limits, List<String> status) {
    String limit = softLimit(limits);
    if (limit.equals("unlimited") || mayLock(status)) {
      return Optional.empty();
    }
    return Optional.of(
        "the limit for locked memory is "
            + limit
            + " bytes: set it to unlimited, LimitMEMLOCK=infinity in a unit, or grant CAP_IPC_LOCK");
  }

  // Name, soft limit, hard limit, unit: in columns.
  private static String softLimit(List<String> limits) {
    return limits.stream()
        .filter(line -> line.startsWith(LIMIT))
        .map(line -> line.substring(LIMIT.length()).strip().split(" ", 2)[0])
        .findFirst()
        .orElse("unknown");
  }

  private static boolean mayLock(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith(CAPABILITIES))
        .map(line -> Long.parseUnsignedLong(line.substring(CAPABILITIES.length()).strip(), 16))
        .anyMatch(capabilities -> (capabilities >>> CAP_IPC_LOCK & 1) == 1);
  }
}
