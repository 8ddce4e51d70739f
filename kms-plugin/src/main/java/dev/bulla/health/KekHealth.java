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
 * @param failingSinceNanos ticker reading of the first of them; without meaning while there is none
 * @param setback kind of the last failure; empty if there was none since the last confirmation
 * @param revoked whether the service says that the key was taken away
 * @param denied whether the service refuses Bulla's credentials
 * @param resumed whether the machine was suspended since the last confirmation
 */
public record KekHealth(
    boolean confirmed,
    long confirmedAtNanos,
    int failures,
    long failingSinceNanos,
    Optional<Setback> setback,
    Claim revoked,
    Claim denied,
    boolean resumed) {
  /** How long a confirmation keeps a KEK healthy (design §6). */
  public static final Duration HEALTHY_FOR = Duration.ofMinutes(2);

  /**
   * How long a KEK that began to fail is waited for: longer than a raft cluster's election (about
   * 2.5 s, measured), so that one costs latency and no call.
   */
  public static final Duration DOUBT_FOR = Duration.ofSeconds(4);

  /** One failure is chance, two in a row are an outage: what keeps a state from flapping. */
  static final int FAILURES_OF_AN_OUTAGE = 2;

  private static final int MANY = 1_000_000;

  /** Before anything is known. */
  public static final KekHealth UNKNOWN =
      new KekHealth(
          false, 0, 0, 0, Optional.empty(), new Claim.Unsaid(), new Claim.Unsaid(), false);

  /** Checks that nothing is missing. */
  public KekHealth {
    Objects.requireNonNull(setback, "setback");
    Objects.requireNonNull(revoked, "revoked");
    Objects.requireNonNull(denied, "denied");
  }

  /** The KEK unwrapped what it had wrapped, or described itself as usable. */
  public KekHealth confirmed(long nowNanos) {
    return new KekHealth(
        true, nowNanos, 0, 0, Optional.empty(), new Claim.Unsaid(), new Claim.Unsaid(), false);
  }

  /** The KEK failed so. */
  public KekHealth failed(Setback how, long nowNanos) {
    return new KekHealth(
        confirmed,
        confirmedAtNanos,
        Math.min(MANY, failures + 1),
        failures == 0 ? nowNanos : failingSinceNanos,
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
        failingSinceNanos - gapNanos,
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
   * Returns how long seeds are sealed if nothing more is heard of this KEK, 0 or more; up to {@link
   * OutageLimits#encryptFor}, whatever a strict setting lets a healthy KEK do.
   */
  public long sealsForNanos(long nowNanos, OutageLimits limits) {
    return switch (phase(nowNanos)) {
      case HEALTHY, DEGRADED -> resumed ? 0 : left(limits.encryptFor(), sinceConfirmed(nowNanos));
      case COLD, REVOKED -> 0;
    };
  }

  /** Returns how long DEKs in memory open if nothing more is heard of this KEK, 0 or more. */
  public long opensForNanos(long nowNanos, OutageLimits limits) {
    return switch (phase(nowNanos)) {
      case HEALTHY, DEGRADED ->
          Math.min(
              left(limits.decryptFor(), sinceConfirmed(nowNanos)),
              denied instanceof Claim.Standing standing
                  ? left(OutageLimits.DENIED_FOR, nowNanos - standing.firstNanos())
                  : Long.MAX_VALUE);
      case REVOKED -> left(limits.revokedFor(), sinceRevoked(nowNanos));
      case COLD -> 0;
    };
  }

  private static long left(Duration limit, long passedNanos) {
    return Math.max(0, limit.toNanos() - passedNanos);
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

  /**
   * Returns whether a KEK that worked has begun to fail so lately that it may be back at once, as
   * when a cluster elects another leader: calls that wait are better off than calls that are made.
   */
  public boolean isInDoubt(long nowNanos, Duration doubtFor) {
    return confirmed
        && setback.filter(Setback.UNAVAILABLE::equals).isPresent()
        && revoked instanceof Claim.Unsaid
        && nowNanos - failingSinceNanos < doubtFor.toNanos();
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
