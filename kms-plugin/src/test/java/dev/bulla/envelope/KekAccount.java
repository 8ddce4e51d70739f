// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.OutageLimits;
import dev.bulla.kek.KekException;
import java.time.Duration;

/**
 * What one process heard from one KEK, kept apart from the code under test: from it follows what
 * that process may still do, and what it must. Each of the two is on the safe side of the design's
 * §6, so that what breaks them is wrong without doubt. Times are the process's elapsed time, with
 * the suspensions that it has noticed.
 */
final class KekAccount {
  private static final long NEVER = Long.MIN_VALUE / 2;
  private static final Duration HEALTHY_FOR = Duration.ofMinutes(2);
  private static final Duration APART = Duration.ofSeconds(30);
  private static final Duration RETRIED_WITHIN = Duration.ofMinutes(5);
  private static final Duration DENIED_FOR = Duration.ofHours(1);

  private final OutageLimits limits;

  /** Last time that it answered at all, and that it unwrapped. */
  private long answeredAt = NEVER;

  private long unwrappedAt = NEVER;

  /** Failures since it answered that count for health. */
  private int failures;

  /** Failures since a DEK was proved through it: no other answer shows that one can be. */
  private int anyFailures;

  /** When it last failed so. */
  private long troubledAt = NEVER;

  private long revokedFirst = NEVER;
  private long revokedSince = NEVER;
  private long deniedFirst = NEVER;
  private boolean denied;

  /** The first time since it unwrapped that it said so, and whether it said twice "revoked". */
  private long revokedSinceUnwrapped = NEVER;

  private long deniedSinceUnwrapped = NEVER;
  private boolean condemned;

  private long condemnedAt = NEVER;

  private boolean resumed;
  private boolean silentSinceResumed;
  private long lapsedAt = NEVER;
  private long sealingLapsedAt = NEVER;
  private long overSince = NEVER;
  private long answeredAtLook = NEVER;
  private long settledAt = NEVER;
  private long erasedAt = NEVER;
  private long erasedBy = NEVER;
  boolean everThrottled;

  KekAccount(OutageLimits limits) {
    this.limits = limits;
  }

  void unwrapped(long now) {
    answered(now);
    unwrappedAt = now;
    revokedSinceUnwrapped = NEVER;
    deniedSinceUnwrapped = NEVER;
    condemned = false;
    resumed = false;
  }

  /** It unwrapped what this process had it wrap. */
  void proved() {
    anyFailures = 0;
  }

  void answered(long now) {
    answeredAt = now;
    silentSinceResumed = false;
    failures = 0;
    revokedFirst = NEVER;
    revokedSince = NEVER;
    deniedFirst = NEVER;
    denied = false;
  }

  void failed(KekException how, long now) {
    anyFailures++;
    troubledAt = anyFailures >= 2 ? now : troubledAt;
    switch (how) {
      case KekException.Rejected _ -> {
        return;
      }
      case KekException.Revoked _ -> revoked(now);
      case KekException.Denied _ -> denied(now);
      case KekException.Throttled _ -> everThrottled = true;
      case KekException.Unavailable _, KekException.Untrustworthy _ -> {}
    }
    failures++;
  }

  private void revoked(long now) {
    if (revokedSinceUnwrapped == NEVER) {
      revokedSinceUnwrapped = now;
    }
    if (!condemned && now - revokedSinceUnwrapped >= APART.toNanos()) {
      condemned = true;
      condemnedAt = now;
    }
    if (revokedFirst == NEVER) {
      revokedFirst = now;
    } else if (revokedSince == NEVER && now - revokedFirst >= APART.toNanos()) {
      revokedSince = now;
    }
  }

  private void denied(long now) {
    if (deniedSinceUnwrapped == NEVER) {
      deniedSinceUnwrapped = now;
    }
    if (deniedFirst == NEVER) {
      deniedFirst = now;
    } else {
      denied |= now - deniedFirst >= APART.toNanos();
    }
  }

  boolean isRevoked() {
    return revokedSince != NEVER;
  }

  private boolean isWell(long now) {
    return failures < 2 && revokedFirst == NEVER && now - answeredAt <= HEALTHY_FOR.toNanos();
  }

  /** Returns whether a DEK that it wrapped may open at all. */
  boolean mayOpen(long now) {
    if (isRevoked()) {
      return now - revokedSince < limits.revokedFor().toNanos();
    }
    boolean refused = denied && now - deniedFirst >= DENIED_FOR.toNanos();
    return isWell(now) || (now - answeredAt < limits.decryptFor().toNanos() && !refused);
  }

  /** Returns whether seeds may be sealed at all. */
  boolean maySeal(long now) {
    return !isRevoked()
        && !silentSinceResumed
        && (isWell(now) || now - answeredAt < limits.encryptFor().toNanos());
  }

  /** Returns whether calls to it are known to be in vain, or may be; or were so lately. */
  boolean maybeAway(long now) {
    return anyFailures >= 2 || now - troubledAt < RETRIED_WITHIN.toNanos();
  }

  /** Returns how long it has not answered. */
  long silentNanos(long now) {
    return answeredAt == NEVER ? Long.MAX_VALUE : now - answeredAt;
  }

  /** Takes down that time has passed, before anything else happens. */
  void passed(long now) {
    if (isErasing(now)) {
      erasedBy = now;
    }
    boolean unwraps = unwrappedAt != NEVER && !condemned;
    boolean refused =
        deniedSinceUnwrapped != NEVER && now - deniedSinceUnwrapped >= DENIED_FOR.toNanos();
    if (!unwraps || refused || now - unwrappedAt >= limits.decryptFor().toNanos()) {
      lapsedAt = now;
    }
    if (!unwraps || resumed || now - unwrappedAt >= limits.encryptFor().toNanos()) {
      sealingLapsedAt = now;
    }
  }

  /** The machine was suspended: no seal is promised until the KEK has unwrapped again. */
  void suspended() {
    resumed = true;
    silentSinceResumed = true;
  }

  /**
   * Takes down that the process looked after its DEKs. What was over at the look before, and had no
   * answer since, was over when this look came to it.
   */
  void looked(long now) {
    if (!isOver(now)) {
      overSince = NEVER;
    } else if (overSince == NEVER) {
      overSince = now;
    } else if (!isSettled() && answeredAt == answeredAtLook) {
      settledAt = overSince;
      erasedBy = now;
      // Otherwise they may have been erased before, and unwrapped by another KEK since.
      erasedAt = condemnedAt == revokedSince ? overSince : erasedAt;
    }
    answeredAtLook = answeredAt;
  }

  private boolean isOver(long now) {
    return isRevoked() && !mayOpen(now);
  }

  private boolean isSettled() {
    return overSince != NEVER && settledAt >= overSince;
  }

  long answeredAt() {
    return answeredAt;
  }

  /** Returns whether a DEK that was in memory at {@code since} must still be, by this KEK alone. */
  boolean vouchesSince(long since, long now) {
    passed(now);
    return lapsedAt < since;
  }

  /** Returns whether what sealed at {@code since} must still seal, by this KEK alone. */
  boolean sealsSince(long since, long now) {
    passed(now);
    return sealingLapsedAt < since;
  }

  /** Returns whether its DEKs are due for erasure, or may be, and were not erased for sure. */
  boolean isErasing(long now) {
    boolean maybe = condemned && now - condemnedAt >= limits.revokedFor().toNanos();
    return (maybe || isOver(now)) && !isSettled();
  }

  /** Returns by when they were erased. */
  long erasedBy() {
    return erasedBy;
  }

  /** Returns when the DEKs that it wrapped were due for erasure for the last time. */
  long erasedAt() {
    return erasedAt;
  }
}
