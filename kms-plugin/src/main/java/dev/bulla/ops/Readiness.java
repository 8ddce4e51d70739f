// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.EnvelopeFacts;
import dev.bulla.envelope.KekFacts;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.WriteState;
import dev.bulla.health.Phase;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether an API server that calls now is served, and what is wrong all the same: pure, from
 * memory.
 *
 * @param reasons why not; empty if it is ready
 * @param warnings what is not as it should be
 */
record Readiness(Set<Reason> reasons, Set<Warning> warnings) {
  static Readiness of(Facts facts, Counts counts) {
    return new Readiness(reasons(facts.envelope(), counts), warnings(facts, counts));
  }

  boolean isReady() {
    return reasons.isEmpty();
  }

  private static Set<Reason> reasons(EnvelopeFacts envelope, Counts counts) {
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    switch (counts.place()) {
      case STARTING -> reasons.add(Reason.NOT_PUBLISHED);
      case STANDBY -> reasons.add(Reason.STANDING_BY);
      case LOST -> reasons.add(Reason.SOCKET_LOST);
      case SERVING -> {}
    }
    switch (envelope.write()) {
      case WriteState.Ready _ when counts.isWarm() -> {}
      case WriteState.Ready _ -> reasons.add(Reason.WARMING_UP);
      case WriteState.NotReady why -> reasons.add(Reason.of(why.obstacle()));
    }
    return reasons;
  }

  private static Set<Warning> warnings(Facts facts, Counts counts) {
    Set<Warning> warnings = EnumSet.noneOf(Warning.class);
    EnvelopeFacts envelope = facts.envelope();
    if (any(envelope, kek -> kek.role() == KekRole.WRITE && kek.phase() == Phase.DEGRADED)) {
      warnings.add(Warning.WRITE_KEK_DEGRADED);
    }
    if (any(envelope, kek -> kek.role() != KekRole.WRITE && kek.phase() != Phase.HEALTHY)) {
      warnings.add(Warning.OTHER_KEK_AWAY);
    }
    if (envelope.sealing().filter(EnvelopeFacts.Sealing::partial).isPresent()) {
      warnings.add(Warning.DEK_PARTIAL);
    }
    if (facts.journalRecords().isPresent() && counts.isJournalOff()) {
      warnings.add(Warning.JOURNAL_OFF);
    }
    if (facts.guards().stream().anyMatch(guard -> !guard.inForce() && !guard.optional())) {
      warnings.add(Warning.PROTECTION_MISSING);
    }
    return warnings;
  }

  private static boolean any(EnvelopeFacts envelope, Predicate<KekFacts> kind) {
    return envelope.keks().stream().anyMatch(kind);
  }
}
