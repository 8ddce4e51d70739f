// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What protects this process, as the kernel answered when it was asked.
 *
 * @param outcomes one for each protection, in their order; unmodifiable
 */
public record Hardening(Map<Protection, Outcome> outcomes) {
  /** Copies the outcomes and checks that none is missing. */
  public Hardening {
    EnumMap<Protection, Outcome> copy = new EnumMap<>(outcomes);
    for (Protection protection : Protection.values()) {
      if (!copy.containsKey(protection)) {
        throw new IllegalArgumentException("nothing is said of " + protection);
      }
    }
    outcomes = Collections.unmodifiableMap(copy);
  }

  /** Whether it is in force. */
  public boolean has(Protection protection) {
    return outcomes.get(protection) instanceof Outcome.Applied;
  }

  /** Whether it depends on the host alone: a limit that its operator may lift. */
  public static boolean isOptional(Protection protection) {
    return protection == Protection.LOCKED_MEMORY;
  }

  /**
   * Whether all is in force but what is a matter of the host: memory can be locked only where the
   * limit for it was lifted.
   */
  public boolean isComplete() {
    return outcomes.keySet().stream().allMatch(each -> has(each) || isOptional(each));
  }

  /** Returns one line for the log: each protection, and why it is missing where it is. */
  public String summary() {
    return outcomes.entrySet().stream()
        .map(each -> each.getKey().text() + each.getValue().note())
        .collect(Collectors.joining(", "));
  }
}
