// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.KekWatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The clockwork behind the envelope: four times a second it has KEKs confirmed that are due, erases
 * DEKs whose time is over, and sees to the DEK that seals. No step blocks; what may block runs
 * elsewhere.
 */
final class KeyLoop {
  /** Time between two looks: how far apart two nodes may promote, beside their clocks. */
  static final Duration LOOK = Duration.ofMillis(250);

  private final KekSet keks;
  private final List<KekWatch> watches;
  private final Suspension suspension;
  private final Eraser eraser;
  private final Succession succession;
  private final ScheduledExecutorService executor;
  private final EnvelopeEvents events;
  private final AtomicBoolean asked = new AtomicBoolean();

  KeyLoop(
      KekSet keks,
      List<KekWatch> watches,
      Suspension suspension,
      Eraser eraser,
      Succession succession,
      ScheduledExecutorService executor,
      EnvelopeEvents events) {
    this.keks = keks;
    this.watches = List.copyOf(watches);
    this.suspension = suspension;
    this.eraser = eraser;
    this.succession = succession;
    this.executor = executor;
    this.events = events;
  }

  void start() {
    executor.execute(this::turn);
  }

  /** Asks for a look at once; many requests become one. Does not block. */
  void wake() {
    if (asked.compareAndSet(false, true)) {
      submit(
          () -> {
            asked.set(false);
            guardedStep();
          },
          Duration.ZERO);
    }
  }

  private void turn() {
    guardedStep();
    submit(this::turn, LOOK);
  }

  private void submit(Runnable task, Duration after) {
    try {
      var _ = executor.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      // The process is stopping.
    }
  }

  private void guardedStep() {
    try {
      step();
    } catch (RuntimeException | LinkageError e) {
      // A defect must not end the loop: the next look may still do its work. Nor may a class that
      // cannot be loaded, as when the program's file was replaced under a running plugin.
      events.defect(e);
    }
  }

  /** One look. */
  void step() {
    suspension.look().ifPresent(this::resumed);
    watches.forEach(KekWatch::tick);
    eraser.look();
    succession.look();
  }

  private void resumed(Duration gap) {
    keks.all().forEach(member -> member.kek().resumedAfter(gap));
    watches.forEach(KekWatch::ask);
    succession.retire();
    events.resumed(gap);
  }
}
