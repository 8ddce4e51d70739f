// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of one KEK, and what follows from it: pure, immutable. Each event gives the next
 * value; every question takes the time of asking.
 *
 * @param confirmed whether anything was unwrapped or described since the start
 * @param confirmedAtNanos ticker reading of the last confirmation; without meaning before one
 * @param failures since the last confirmation, at most {@value #MANY}
 * @param setback kind of the last failure; empty if there was none since the last confirmation
 * @param revoked whether the service says that the key was taken away
 * @param denied whether the service refuses Bulla's credentials
 * @param resumed whether the machine was suspended since the last confirmation
 */
public record KekHealth(
    boolean confirmed,
    long confirmedAtNanos,
    int failures,
    Optional<Setback> setback,
    Claim revoked,
    Claim denied,
    boolean resumed) {
  /** How long a confirmation keeps a KEK healthy (design §6). */
  public static final Duration HEALTHY_FOR = Duration.ofMinutes(2);

  /** One failure is chance, two in a row are an outage: what keeps a state from flapping. */
  static final int FAILURES_OF_AN_OUTAGE = 2;

  private static final int MANY = 1_000_000;

  /** Before anything is known. */
  public static final KekHealth UNKNOWN =
      new KekHealth(false, 0, 0, Optional.empty(), new Claim.Unsaid(), new Claim.Unsaid(), false);

  /** Checks that nothing is missing. */
  public KekHealth {
    Objects.requireNonNull(setback, "setback");
    Objects.requireNonNull(revoked, "revoked");
    Objects.requireNonNull(denied, "denied");
  }

  /** The KEK unwrapped what it had wrapped, or described itself as usable. */
  public KekHealth confirmed(long nowNanos) {
    return new KekHealth(
        true, nowNanos, 0, Optional.empty(), new Claim.Unsaid(), new Claim.Unsaid(), false);
  }

  /** The KEK failed so. */
  public KekHealth failed(Setback how, long nowNanos) {
    return new KekHealth(
        confirmed,
        confirmedAtNanos,
        Math.min(MANY, failures + 1),
        Optional.of(how),
        how == Setback.REVOKED ? revoked.said(nowNanos) : revoked,
        how == Setback.DENIED ? denied.said(nowNanos) : denied,
        resumed);
  }

  /** The machine was suspended for {@code gapNanos} that the ticker did not count. */
  public KekHealth resumedAfter(long gapNanos) {
    return new KekHealth(
        confirmed,
        confirmedAtNanos - gapNanos,
        failures,
        setback,
        revoked.aged(gapNanos),
        denied.aged(gapNanos),
        true);
  }

  /** Returns the phase at {@code nowNanos}. */
  public Phase phase(long nowNanos) {
    if (revoked instanceof Claim.Standing) {
      return Phase.REVOKED;
    }
    if (!confirmed) {
      return Phase.COLD;
    }
    boolean doubted = isFailing() || revoked instanceof Claim.Once;
    return doubted || resumed || sinceConfirmed(nowNanos) > HEALTHY_FOR.toNanos()
        ? Phase.DEGRADED
        : Phase.HEALTHY;
  }

  /** Returns whether seeds may be sealed, as far as this KEK, the one that writes, is concerned. */
  public boolean mayEncrypt(long nowNanos, OutageLimits limits) {
    return switch (phase(nowNanos)) {
      case HEALTHY -> true;
      case DEGRADED -> !resumed && sinceConfirmed(nowNanos) < limits.encryptFor().toNanos();
      case COLD, REVOKED -> false;
    };
  }

  /** Returns whether a DEK in memory that this KEK wrapped may open. */
  public boolean mayOpen(long nowNanos, OutageLimits limits) {
    return switch (phase(nowNanos)) {
      case HEALTHY -> true;
      case DEGRADED ->
          sinceConfirmed(nowNanos) < limits.decryptFor().toNanos() && !deniedTooLong(nowNanos);
      case REVOKED -> sinceRevoked(nowNanos) < limits.revokedFor().toNanos();
      case COLD -> false;
    };
  }

  /**
   * Returns whether calls would be in vain: known to be away, or refused. Throttling is not that:
   * it wants fewer calls.
   */
  public boolean isAway() {
    return isFailing() && setback.filter(Setback.THROTTLED::equals).isEmpty();
  }

  /** Returns whether it failed more often than by chance since the last confirmation. */
  public boolean isFailing() {
    return failures >= FAILURES_OF_AN_OUTAGE;
  }

  /** Returns the time since the last confirmation, in nanoseconds; without meaning before one. */
  public long sinceConfirmed(long nowNanos) {
    return nowNanos - confirmedAtNanos;
  }

  private boolean deniedTooLong(long nowNanos) {
    return denied instanceof Claim.Standing standing
        && nowNanos - standing.firstNanos() >= OutageLimits.DENIED_FOR.toNanos();
  }

  private long sinceRevoked(long nowNanos) {
    return revoked instanceof Claim.Standing standing ? nowNanos - standing.sinceNanos() : 0;
  }
}
