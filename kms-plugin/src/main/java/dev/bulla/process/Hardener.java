// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Asks the kernel to protect this process. It cannot be taken back. Nothing of it is needed to
 * serve: what is refused is reported, and the process goes on.
 */
public final class Hardener {
  private Hardener() {}

  /**
   * Applies every protection to this process and all its threads. Takes some 100 ms of one core,
   * nearly all of it Java's own preparation for a first call of a C function.
   */
  public static Hardening apply() {
    return Machine.named(System.getProperty("os.arch", ""))
        .map(Hardener::applyOn)
        .orElseGet(() -> nothing("the architecture is neither x86-64 nor aarch64"));
  }

  private static Hardening applyOn(Machine machine) {
    try (Kernel kernel = new Kernel(machine)) {
      Map<Protection, Outcome> outcomes = new EnumMap<>(Protection.class);
      for (Protection protection : Protection.values()) {
        outcomes.put(protection, apply(protection, kernel));
      }
      return new Hardening(outcomes);
    } catch (RuntimeException e) {
      return nothing("this Java runtime makes no system call: " + e);
    }
  }

  private static Outcome apply(Protection protection, Kernel kernel) {
    return switch (protection) {
      case NOT_DUMPABLE -> outcome(Kernel::forbidDumps, kernel);
      case NO_CORE_FILE -> outcome(Kernel::forbidCoreFiles, kernel);
      case NO_NEW_PRIVILEGES -> outcome(Kernel::forbidNewPrivileges, kernel);
      case FILTERED_CALLS -> outcome(Kernel::filterCalls, kernel);
      case LOCKED_MEMORY -> {
        Optional<String> obstacle = MemoryLockRules.obstacle();
        yield obstacle.isPresent()
            ? new Outcome.NotTried(obstacle.get())
            : outcome(Kernel::lockMemory, kernel);
      }
    };
  }

  private static Outcome outcome(ToIntFunction<Kernel> call, Kernel kernel) {
    int errno = call.applyAsInt(kernel);
    return errno == 0 ? new Outcome.Applied() : new Outcome.Refused(errno);
  }

  private static Hardening nothing(String why) {
    Map<Protection, Outcome> outcomes = new EnumMap<>(Protection.class);
    for (Protection protection : Protection.values()) {
      outcomes.put(protection, new Outcome.NotTried(why));
    }
    return new Hardening(outcomes);
  }
}
