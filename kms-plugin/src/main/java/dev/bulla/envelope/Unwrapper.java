// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Unwraps records through whichever recipient can: healthy KEKs first, the next one when the one
 * before refuses, fails, or is slow. What unwraps to another master than the record commits to is
 * no answer. Thread-safe; its calls block.
 */
final class Unwrapper {
  /**
   * How long one KEK is waited for before the next is asked as well: well inside a caller's 2.4 s.
   */
  static final Duration PATIENCE = Duration.ofMillis(800);

  private final KekSet keks;
  private final DekFactory factory;
  private final Executor blocking;
  private final Ticker ticker;

  /** {@code blocking} runs one of two unwraps that are under way at once. */
  Unwrapper(KekSet keks, DekFactory factory, Executor blocking, Ticker ticker) {
    this.keks = keks;
    this.factory = factory;
    this.blocking = blocking;
    this.ticker = ticker;
  }

  private record Way(KekMember member, WrappedKey wrapped) {}

  private record Outcome(@Nullable Dek dek, @Nullable Throwable failure) {}

  /**
   * Returns whether a configured KEK made one of the record's blobs: without that, no call helps.
   */
  boolean knows(DekRecord record) {
    return record.recipients().stream().anyMatch(recipient -> keks.of(recipient).isPresent());
  }

  /** Returns whether every KEK that could unwrap the record is known to be away. */
  boolean isHopeless(DekRecord record) {
    return keks.of(record).stream().allMatch(member -> member.kek().health().isAway());
  }

  /**
   * Unwraps a record.
   *
   * @throws KekException.Rejected if every configured recipient refused
   * @throws KekException otherwise what kept the last one that might have unwrapped from it
   */
  Dek unwrap(DekRecord record, Deadline deadline) throws KekException, InterruptedException {
    List<Way> ways = ways(record);
    return ways.size() == 1
        ? through(ways.getFirst(), record, deadline)
        : race(ways, record, deadline);
  }

  private List<Way> ways(DekRecord record) {
    List<Way> ways = new ArrayList<>();
    for (Recipient recipient : record.recipients()) {
      Optional<KekMember> member = keks.of(recipient);
      member.ifPresent(m -> ways.add(new Way(m, recipient.wrapped())));
    }
    long now = ticker.nanos();
    ways.sort(Comparator.comparingInt(way -> rank(way.member.kek().health().phase(now))));
    return ways;
  }

  private static int rank(Phase phase) {
    return switch (phase) {
      case HEALTHY -> 0;
      case DEGRADED, COLD -> 1;
      case REVOKED -> 2;
    };
  }

  private Dek through(Way way, DekRecord record, Deadline deadline) throws KekException {
    try (KeyMaterial master = way.member.kek().unwrap(way.wrapped, deadline)) {
      if (!factory.commits(record, master)) {
        throw new KekException.Rejected("the blob holds another key than the record commits to");
      }
      return factory.dek(master, record);
    }
  }

  private Dek race(List<Way> ways, DekRecord record, Deadline deadline)
      throws KekException, InterruptedException {
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    Throwable failure = new KekException.Rejected("no configured KEK made this record");
    int started = 0;
    for (int ended = 0; ended < ways.size(); ) {
      boolean more = started < ways.size();
      Outcome outcome =
          started > ended ? outcomes.poll(patience(more, deadline), TimeUnit.NANOSECONDS) : null;
      if (outcome == null && more) {
        Way next = ways.get(started++);
        blocking.execute(() -> outcomes.add(attempt(next, record, deadline)));
      } else if (outcome == null) {
        throw new KekException.Unavailable("no KEK answered in time");
      } else if (outcome.dek != null) {
        return outcome.dek;
      } else {
        ended++;
        failure = graver(failure, outcome.failure);
      }
    }
    throw thrown(failure);
  }

  private static long patience(boolean more, Deadline deadline) {
    return (more ? deadline.atMost(PATIENCE) : deadline).remaining().toNanos();
  }

  private Outcome attempt(Way way, DekRecord record, Deadline deadline) {
    try {
      return new Outcome(through(way, record, deadline), null);
    } catch (KekException | RuntimeException | LinkageError e) {
      return new Outcome(null, e);
    }
  }

  // A refusal says that this KEK did not make the blob; any other failure may pass. A defect of one
  // way does not close the others.
  private static Throwable graver(Throwable before, @Nullable Throwable now) {
    return now == null || now instanceof KekException.Rejected ? before : now;
  }

  private static KekException thrown(Throwable failure) {
    return switch (failure) {
      case KekException known -> known;
      case RuntimeException defect -> throw defect;
      case LinkageError defect -> throw defect;
      default -> throw new IllegalStateException(failure);
    };
  }
}
