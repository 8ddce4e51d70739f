// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which version of the write KEK is in use, and which one follows when: pure, immutable. Every node
 * that sees the same versions names the same one at the same instant (design §7).
 *
 * <p>A version is used from its creation plus the delay on, by the wall clock; where the service
 * gives no creation time, from the next multiple of the delay after it was seen twice. It must have
 * been seen twice, so that one stale or strange answer moves nothing. Versions never go back: what
 * was seen before never becomes the follower of what was seen after it.
 *
 * @param delay from creation to use
 * @param known versions seen so far, oldest first
 * @param active the version in use; empty until one was adopted
 * @param fallen how often in a row the newest version was not named any more
 */
record Rotation(Duration delay, List<Sighting> known, Optional<KekVersion> active, int fallen) {
  /** Most versions remembered. */
  private static final int MOST = 128;

  /** A replica that lags says so once or twice; after this many in a row it is the service. */
  static final int FALLS_THAT_COUNT = 3;

  private static final int SEEN_ENOUGH = 2;

  /**
   * A version that was seen.
   *
   * @param usedFrom when it comes into use; empty while that is not known
   * @param times how often it was seen, as far as it matters
   */
  record Sighting(KekVersion version, Optional<Instant> usedFrom, int times) {
    private Sighting again(Duration delay, Instant now) {
      Optional<Instant> from = usedFrom.or(() -> Optional.of(nextMultiple(delay, now)));
      return new Sighting(version, from, Math.min(SEEN_ENOUGH, times + 1));
    }

    private boolean usedBy(Instant now) {
      return usedFrom.isPresent() && !usedFrom.get().isAfter(now);
    }

    private boolean isTrusted() {
      return times >= SEEN_ENOUGH;
    }
  }

  Rotation {
    known = List.copyOf(known);
  }

  /** Before anything was seen. */
  static Rotation begin(Duration delay) {
    return new Rotation(delay, List.of(), Optional.empty(), 0);
  }

  /** Takes in what the service said: its versions, newest first. */
  Rotation observed(List<DatedVersion> newestFirst, Instant now) {
    List<Sighting> next = new ArrayList<>(known);
    for (DatedVersion seen : newestFirst.reversed()) {
      int index = indexOf(next, seen.version());
      if (index >= 0) {
        next.set(index, next.get(index).again(delay, now));
      } else if (isNewer(seen)) {
        next.add(first(seen, now));
      }
    }
    List<Sighting> kept = next.subList(Math.max(0, next.size() - MOST), next.size());
    return new Rotation(delay, kept, active, fallsWith(newestFirst.getFirst().version()));
  }

  // Without a date, what a start finds is in use already.
  private Sighting first(DatedVersion seen, Instant now) {
    Optional<Instant> from = seen.createdAt().map(at -> at.plus(delay));
    return new Sighting(
        seen.version(), from.isEmpty() && known.isEmpty() ? Optional.of(now) : from, 1);
  }

  private boolean isNewer(DatedVersion seen) {
    if (known.isEmpty() || seen.createdAt().isEmpty()) {
      return true;
    }
    Optional<Instant> newest = known.getLast().usedFrom();
    return newest.isEmpty() || !seen.createdAt().get().plus(delay).isBefore(newest.get());
  }

  private int fallsWith(KekVersion newest) {
    int inUse = active.map(version -> indexOf(known, version)).orElse(-1);
    int named = indexOf(known, newest);
    return named >= 0 && named < inUse ? Math.min(FALLS_THAT_COUNT, fallen + 1) : 0;
  }

  private static int indexOf(List<Sighting> list, KekVersion version) {
    for (int i = list.size() - 1; i >= 0; i--) {
      if (list.get(i).version().equals(version)) {
        return i;
      }
    }
    return -1;
  }

  private static Instant nextMultiple(Duration delay, Instant now) {
    long step = Math.max(1, delay.toMillis());
    return Instant.ofEpochMilli(Math.ceilDiv(now.toEpochMilli(), step) * step);
  }

  /** Returns the version that should be in use; empty before anything was seen. */
  Optional<KekVersion> wanted(Instant now) {
    int inUse = active.map(version -> indexOf(known, version)).orElse(-1);
    for (int i = known.size() - 1; i > inUse; i--) {
      // A start has nothing to compare with: one answer must do, as nothing is in use yet.
      if (known.get(i).usedBy(now) && (active.isEmpty() || known.get(i).isTrusted())) {
        return Optional.of(known.get(i).version());
      }
    }
    return active.or(() -> known.stream().findFirst().map(Sighting::version));
  }

  /** Returns the version to prepare for: the next one that comes into use within {@code ahead}. */
  Optional<KekVersion> upcoming(Instant now, Duration ahead) {
    int inUse = wanted(now).map(version -> indexOf(known, version)).orElse(known.size());
    return known.stream()
        .skip(inUse + 1L)
        .filter(Sighting::isTrusted)
        .filter(sighting -> sighting.usedBy(now.plus(ahead)))
        .map(Sighting::version)
        .findFirst();
  }

  /** Returns what is known of the version in use. */
  Optional<Sighting> inUse() {
    return known.stream().filter(each -> active.equals(Optional.of(each.version()))).findFirst();
  }

  /** Returns the next version that was seen, whether it is trusted yet or not. */
  Optional<Sighting> pending() {
    return active.flatMap(version -> known.stream().skip(indexOf(known, version) + 1L).findFirst());
  }

  /** Notes that {@code version} is in use. One that is older than the one in use is ignored. */
  Rotation adopted(KekVersion version) {
    int inUse = active.map(current -> indexOf(known, current)).orElse(-1);
    return indexOf(known, version) > inUse
        ? new Rotation(delay, known, Optional.of(version), 0)
        : this;
  }

  /** Returns whether nothing that was seen once waits to be seen again, or not. */
  boolean isSettled() {
    return fallen == 0 && (active.isEmpty() || known.stream().noneMatch(this::isWaiting));
  }

  private boolean isWaiting(Sighting sighting) {
    return !sighting.isTrusted()
        && active.map(version -> indexOf(known, version)).orElse(-1)
            < indexOf(known, sighting.version());
  }

  /** Returns whether the service no longer knows the version in use: a backup was restored. */
  boolean isRolledBack() {
    return fallen >= FALLS_THAT_COUNT;
  }
}
