// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.OutageLimits;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * What one episode is about.
 *
 * @param nodes 2 or 3
 * @param services 1 or 2
 * @param skews whether clocks are set wrong
 */
record SimPlan(
    int nodes,
    int services,
    DekLimits limits,
    OutageLimits outage,
    Duration delay,
    boolean recoveryRequired,
    boolean notes,
    boolean skews,
    boolean losesVersions) {
  private static final List<OutageLimits> OUTAGES =
      List.of(
          OutageLimits.DEFAULT,
          OutageLimits.STRICT,
          new OutageLimits(Duration.ofMinutes(5), Duration.ofMinutes(10), Duration.ofMinutes(2)),
          new OutageLimits(Duration.ofMinutes(3), Duration.ofHours(2), Duration.ZERO));
  private static final List<Duration> DELAYS =
      List.of(Duration.ZERO, Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(30));
  private static final List<DekLimits> LIMITS =
      List.of(
          DekLimits.DEFAULT,
          new DekLimits(Duration.ofMinutes(10), DekLimits.FEWEST_SEALS),
          new DekLimits(Duration.ofMinutes(1), DekLimits.MOST_SEALS));

  static SimPlan of(Random random) {
    return new SimPlan(
        2 + random.nextInt(2),
        1 + random.nextInt(2),
        any(random, LIMITS),
        any(random, OUTAGES),
        any(random, DELAYS),
        random.nextInt(4) == 0,
        random.nextBoolean(),
        random.nextInt(4) == 0,
        random.nextInt(4) == 0);
  }

  private static <T> T any(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /**
   * What an operator wrote into the file.
   *
   * @param generation part of key_id; raised with every change of roles
   * @param writer number of the service that writes
   * @param other role of the other one
   */
  record Configuration(int generation, int writer, KekRole other) {}

  Configuration configuration() {
    return new Configuration(1, 0, KekRole.RECOVERY);
  }

  /** Returns the next one: a step of a migration. */
  Configuration after(Configuration before, Random random) {
    return services == 1
        ? before
        : new Configuration(
            before.generation + 1,
            random.nextInt(2),
            random.nextInt(3) == 0 ? KekRole.DECRYPT : KekRole.RECOVERY);
  }

  EnvelopeSettings settings(Configuration configuration, List<SimKek> keks) {
    List<ConfiguredKek> configured =
        keks.stream()
            .map(
                kek ->
                    new ConfiguredKek(
                        "kek" + kek.service.number,
                        kek.service.number == configuration.writer
                            ? KekRole.WRITE
                            : configuration.other,
                        kek))
            .sorted(java.util.Comparator.comparing(ConfiguredKek::role))
            .toList();
    return new EnvelopeSettings(
        Rig.SCOPE,
        configuration.generation,
        configured,
        limits,
        outage,
        delay,
        new RecoveryPolicy(recoveryRequired, Duration.ofHours(1)),
        Duration.ZERO);
  }
}
