// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Work that blocks, one piece at a time: a strand runs until it sleeps or ends, and only then does
 * whoever started or woke it go on. So any order of events can be had, and had again.
 */
final class Strands {
  private final List<Strand> asleep = new ArrayList<>();
  private @Nullable Strand current;
  private long made;

  /** Unwinds a strand whose process was killed: nothing in it is to catch this. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** One piece of work of one process. */
  private static final class Strand {
    final Object owner;
    final long number;
    final Semaphore mine = new Semaphore(0);
    final Semaphore back = new Semaphore(0);
    long wakeAtNanos;
    boolean killed;
    @Nullable Throwable failure;

    Strand(Object owner, long number) {
      this.owner = owner;
      this.number = number;
    }
  }

  /** Returns whether the caller runs on a strand, and may sleep. */
  boolean onStrand() {
    return current != null;
  }

  /** Runs {@code work} until it first sleeps. */
  void start(Object owner, Runnable work) {
    Strand strand = new Strand(owner, made++);
    Thread.ofVirtual().start(() -> run(strand, work));
    resume(strand);
  }

  private static void run(Strand strand, Runnable work) {
    strand.mine.acquireUninterruptibly();
    try {
      work.run();
    } catch (Killed _) {
      // As it was asked to.
    } catch (RuntimeException | Error e) {
      strand.failure = e;
    } finally {
      strand.back.release();
    }
  }

  private void resume(Strand strand) {
    Strand before = current;
    current = strand;
    strand.mine.release();
    strand.back.acquireUninterruptibly();
    current = before;
    switch (strand.failure) {
      case null -> {}
      case Error error -> throw error;
      case RuntimeException defect -> throw defect;
      case Throwable other -> throw new IllegalStateException(other);
    }
  }

  /** Lets the strand that calls sleep until {@code atNanos}. */
  void sleepUntil(long atNanos) {
    Strand strand = current;
    if (strand == null) {
      throw new IllegalStateException("only a strand can sleep");
    }
    strand.wakeAtNanos = atNanos;
    asleep.add(strand);
    strand.back.release();
    strand.mine.acquireUninterruptibly();
    if (strand.killed) {
      throw new Killed();
    }
  }

  /** Returns when the first one wakes up, if that is not after {@code limitNanos}. */
  long nextWake(long limitNanos) {
    return asleep.stream().mapToLong(each -> each.wakeAtNanos).min().orElse(limitNanos);
  }

  /** Wakes those up that are due, in the order of their times. */
  void wake(long nowNanos) {
    for (; ; ) {
      Strand due =
          asleep.stream()
              .filter(each -> each.wakeAtNanos <= nowNanos)
              .min(
                  Comparator.<Strand>comparingLong(each -> each.wakeAtNanos)
                      .thenComparingLong(each -> each.number))
              .orElse(null);
      if (due == null) {
        return;
      }
      asleep.remove(due);
      resume(due);
    }
  }

  int asleep() {
    return asleep.size();
  }

  /** A process's machine stood still for so long. */
  void delay(Object owner, long nanos) {
    asleep.stream()
        .filter(each -> each.owner.equals(owner))
        .forEach(each -> each.wakeAtNanos += nanos);
  }

  /** Ends those of one process where they are. */
  void kill(Object owner) {
    List<Strand> doomed = asleep.stream().filter(each -> each.owner.equals(owner)).toList();
    asleep.removeAll(doomed);
    for (Strand each : doomed) {
      each.killed = true;
      resume(each);
    }
  }
}
