// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.EnvelopeFacts;
import dev.bulla.envelope.KekFacts;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.KeyId;
import dev.bulla.envelope.Obstacle;
import dev.bulla.envelope.WriteState;
import dev.bulla.health.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Facts as a plugin would give them. */
final class Samples {
  static final WriteState READY =
      new WriteState.Ready(new KeyId("b1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));

  static final List<Facts.Guard> GUARDS =
      List.of(
          new Facts.Guard("not_dumpable", true, false),
          new Facts.Guard("locked_memory", false, true));

  private Samples() {}

  static Counts serving() {
    Counts counts = new Counts(List.of("primary", "dr"), 1);
    counts.published("unix:///s");
    counts.warmedUp();
    return counts;
  }

  static WriteState blockedBy(Obstacle obstacle) {
    return new WriteState.NotReady(obstacle);
  }

  static Facts facts(WriteState write, Phase primary, Phase recovery, boolean partial) {
    EnvelopeFacts envelope =
        new EnvelopeFacts(
            "prod-eu1",
            write,
            Optional.of(
                new EnvelopeFacts.Sealing(Duration.ofHours(1), 7, DekLimits.DEFAULT, partial)),
            3,
            Optional.empty(),
            Optional.empty(),
            List.of(kek("primary", KekRole.WRITE, primary), kek("dr", KekRole.RECOVERY, recovery)));
    return new Facts("test", Instant.EPOCH, envelope, OptionalInt.of(3), GUARDS);
  }

  private static KekFacts kek(String name, KekRole role, Phase phase) {
    return new KekFacts(
        name,
        role,
        phase,
        Optional.empty(),
        Optional.of(Duration.ofSeconds(30)),
        Duration.ofMinutes(29),
        Duration.ofHours(23),
        Optional.empty());
  }
}
