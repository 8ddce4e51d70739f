// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.EnvelopeFacts;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What is asked of the plugin when somebody asks for metrics or readiness: from memory.
 *
 * @param version of the program
 * @param at wall time
 * @param envelope the envelope
 * @param journalRecords how many records the journal has in memory; empty without a journal
 * @param guards what protects the process
 */
public record Facts(
    String version,
    Instant at,
    EnvelopeFacts envelope,
    OptionalInt journalRecords,
    List<Guard> guards) {
  /**
   * A protection that the kernel was asked for.
   *
   * @param name its name in labels
   * @param inForce whether the kernel agreed
   * @param optional whether its absence is a matter of the host, and no reason to worry
   */
  public record Guard(String name, boolean inForce, boolean optional) {}

  /** Checks that nothing is missing. */
  public Facts {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(journalRecords, "journalRecords");
    guards = List.copyOf(guards);
  }
}
