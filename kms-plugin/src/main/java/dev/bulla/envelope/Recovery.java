// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.KekHealth;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which recovery KEKs the next DEK does without, and when one that was left out is to be tried
 * again. One that answers for its health is not one that wraps and unwraps: only a DEK that was
 * proved through it counts. Thread-safe.
 */
final class Recovery {
  /** Longest pause before a KEK is tried again that answers, but lets no DEK be proved. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** After this time a failure says nothing of a KEK any more. */
  private static final Duration LAPSES = Duration.ofMinutes(5);

  private static final int MOST_DOUBLINGS = 6;

  /** One failed attempt may be chance. */
  private static final int FAILURES = 2;

  private final List<KekMember> keks;
  private final RecoveryPolicy policy;
  private final Ticker ticker;
  private final Map<KekMember, Unproved> unproved = new ConcurrentHashMap<>();

  /**
   * No DEK could be proved through a KEK: since when, when last, how often; and whether one was
   * made without it after that.
   */
  private record Unproved(long sinceNanos, long lastNanos, int times, boolean doneWithout) {
    static Unproved after(@Nullable Unproved before, long now) {
      return before == null
          ? new Unproved(now, now, 1, false)
          : new Unproved(before.sinceNanos, now, before.times + 1, false);
    }

    Unproved madeWithout() {
      return new Unproved(sinceNanos, lastNanos, times, true);
    }

    boolean waits(long now) {
      Duration pause = Duration.ofSeconds(1L << Math.min(times, MOST_DOUBLINGS));
      return now - lastNanos < Math.min(pause.toNanos(), LONGEST_PAUSE.toNanos());
    }
  }

  Recovery(List<KekMember> keks, RecoveryPolicy policy, Ticker ticker) {
    this.keks = List.copyOf(keks);
    this.policy = policy;
    this.ticker = ticker;
  }

  /**
   * Notes that no DEK was made, through no fault but that of the KEK of that name. One that lies is
   * not done without: somebody should look.
   */
  void failed(String kekName, KekException why) {
    if (why instanceof KekException.Untrustworthy) {
      return;
    }
    long now = ticker.nanos();
    keks.stream()
        .filter(member -> member.name().equals(kekName))
        .forEach(member -> unproved.compute(member, (_, before) -> Unproved.after(before, now)));
  }

  /** Notes that a DEK was proved through all but those. */
  void proved(Set<KekMember> leftOut) {
    unproved.keySet().retainAll(leftOut);
    unproved.replaceAll((_, known) -> known.madeWithout());
  }

  /** Returns whether a DEK without them should be made whole now. */
  boolean isBack() {
    long now = ticker.nanos();
    return keks.stream()
        .allMatch(
            member -> member.kek().health().phase(now) == Phase.HEALTHY && !waits(member, now));
  }

  private boolean waits(KekMember member, long now) {
    Unproved known = unproved.get(member);
    return known != null && known.waits(now);
  }

  /**
   * Returns those that the next DEK does without.
   *
   * @param sealing the DEK in use, if there is one: a start does not wait for a KEK that is away
   * @param due whether it is made for another reason than to be made whole: then it must not fail
   *     again through the same KEK
   */
  Set<KekMember> leftOut(Optional<Dek> sealing, boolean due) {
    Set<KekMember> leftOut = new HashSet<>();
    if (!policy.required()) {
      keks.stream()
          .filter(member -> isAway(member, sealing) || isGivenUp(member, sealing, due))
          .forEach(leftOut::add);
    }
    return leftOut;
  }

  // Also one that throttles: to be asked less and less is no reason to stop writes in the end.
  private boolean isAway(KekMember member, Optional<Dek> sealing) {
    KekHealth health = member.kek().health();
    return health.isFailing()
        && (sealing.isEmpty()
            || !health.confirmed()
            || health.sinceConfirmed(ticker.nanos()) >= policy.after().toNanos());
  }

  private boolean isGivenUp(KekMember member, Optional<Dek> sealing, boolean due) {
    Unproved known = unproved.get(member);
    if (known == null || known.times < FAILURES) {
      return false;
    }
    long now = ticker.nanos();
    boolean longEnough =
        sealing.map(Dek::isPartial).orElse(true)
            || now - known.sinceNanos >= policy.after().toNanos();
    return longEnough
        && (known.waits(now)
            || (due && !known.doneWithout && now - known.lastNanos < LAPSES.toNanos()));
  }
}
