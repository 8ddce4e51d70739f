// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.OutageLimits;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What the envelope must know of the configuration.
 *
 * @param scope identity of this cluster's data, 1 to {@value #MAX_SCOPE_CHARACTERS} characters
 * @param generation 1 or more; a part of key_id
 * @param keks in the configured order; exactly one writes, at most {@value #MOST_RECOVERY} recover
 * @param limits of each DEK
 * @param outage how long to go on without the KEK
 * @param promotionDelay from a KEK version's creation to its use, 0 to {@link #LONGEST_DELAY}
 * @param recovery what to do without a recovery KEK
 * @param doubtFor how long unwraps wait for a KEK that began to fail; zero for not at all
 */
public record EnvelopeSettings(
    String scope,
    int generation,
    List<ConfiguredKek> keks,
    DekLimits limits,
    OutageLimits outage,
    Duration promotionDelay,
    RecoveryPolicy recovery,
    Duration doubtFor) {
  /** Longest scope: it is in every associated data. */
  public static final int MAX_SCOPE_CHARACTERS = 64;

  /** Most recovery KEKs: a record has three recipients. */
  public static final int MOST_RECOVERY = DekRecord.MAX_RECIPIENTS - 1;

  /** Longest delay. */
  public static final Duration LONGEST_DELAY = Duration.ofDays(7);

  /** What is used where nothing is configured (design §3). */
  public static final Duration DEFAULT_DELAY = Duration.ofMinutes(5);

  /** Checks the ranges. */
  public EnvelopeSettings {
    if (scope.isEmpty() || scope.length() > MAX_SCOPE_CHARACTERS) {
      throw new IllegalArgumentException(
          "scope must have 1 to " + MAX_SCOPE_CHARACTERS + " characters");
    }
    if (generation < 1) {
      throw new IllegalArgumentException("generation must be 1 or more: " + generation);
    }
    keks = List.copyOf(keks);
    requireRoles(keks);
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(outage, "outage");
    Objects.requireNonNull(recovery, "recovery");
    Objects.requireNonNull(doubtFor, "doubtFor");
    if (promotionDelay.isNegative() || promotionDelay.compareTo(LONGEST_DELAY) > 0) {
      throw new IllegalArgumentException("promotionDelay must be 0 to 7 days: " + promotionDelay);
    }
  }

  /** One KEK that writes and is not waited for, and everything else as by default. */
  public EnvelopeSettings(String scope, int generation, ConfiguredKek write, DekLimits limits) {
    this(
        scope,
        generation,
        List.of(write),
        limits,
        OutageLimits.DEFAULT,
        DEFAULT_DELAY,
        RecoveryPolicy.DEFAULT,
        Duration.ZERO);
  }

  private static void requireRoles(List<ConfiguredKek> keks) {
    long writers = keks.stream().filter(kek -> kek.role() == KekRole.WRITE).count();
    long recovering = keks.stream().filter(kek -> kek.role() == KekRole.RECOVERY).count();
    if (writers != 1 || recovering > MOST_RECOVERY) {
      throw new IllegalArgumentException(
          "exactly one KEK must write, and at most " + MOST_RECOVERY + " recover");
    }
  }
}
