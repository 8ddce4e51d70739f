// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KekVersion;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a proved DEK in the keyring, in the background: the first one after the start, then a
 * successor whenever the one in use nears its limits. Encrypt never waits for it.
 *
 * <p>In this release the KEK's version is read once, when the first DEK is made, and stays until
 * the process ends: a new version is used after a restart.
 */
final class KeyLoop {
  /** How often the DEK's age is looked at: small beside the shortest age, one minute. */
  static final Duration LOOK = Duration.ofSeconds(1);

  /** Longest pause after a failure, so that a KEK's return is noticed within 2 s. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration STEP_TIME = Duration.ofSeconds(5);

  private final EnvelopeSettings settings;
  private final Keyring keyring;
  private final DekCache cache;
  private final DekFactory factory;
  private final Ticker ticker;
  private final ScheduledExecutorService executor;
  private final EnvelopeEvents events;
  private final AtomicBoolean asked = new AtomicBoolean();
  private @Nullable KekVersion version;
  private Duration pause = FIRST_PAUSE;

  KeyLoop(
      EnvelopeSettings settings,
      Keyring keyring,
      DekCache cache,
      DekFactory factory,
      Ticker ticker,
      ScheduledExecutorService executor,
      EnvelopeEvents events) {
    this.settings = settings;
    this.keyring = keyring;
    this.cache = cache;
    this.factory = factory;
    this.ticker = ticker;
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
            var _ = guardedStep();
          },
          Duration.ZERO);
    }
  }

  private void turn() {
    submit(this::turn, guardedStep());
  }

  private void submit(Runnable task, Duration after) {
    try {
      var _ = executor.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The process is stopping: it makes no more DEKs.
      events.stopped();
    }
  }

  private Duration guardedStep() {
    try {
      return step();
    } catch (RuntimeException e) {
      // A defect of a backend must not end the loop: the next DEK may still be made.
      keyring.failed(Obstacle.KEK_UNTRUSTWORTHY);
      events.defect(e);
      return backOff();
    }
  }

  /** Makes and adopts a DEK if one is due; returns the time until the next look. */
  Duration step() {
    if (!keyring.isDue()) {
      return LOOK;
    }
    try {
      Deadline deadline = Deadline.after(STEP_TIME, ticker);
      KekVersion wrapping = version(deadline);
      KeyId keyId = settings.keyId(wrapping);
      Dek dek = factory.make(wrapping, deadline);
      cache.put(dek);
      keyring.adopt(keyId, dek);
      events.dekAdopted(keyId);
      pause = FIRST_PAUSE;
      return LOOK;
    } catch (KekException e) {
      keyring.failed(Obstacle.of(e));
      events.dekFailed(settings.writeKek().name(), e);
      return backOff();
    }
  }

  private KekVersion version(Deadline deadline) throws KekException {
    KekVersion known = version;
    if (known == null) {
      KekDescription description = settings.writeKek().kek().describe(deadline);
      requireEnabled(description.state());
      known = description.current();
      version = known;
    }
    return known;
  }

  private static void requireEnabled(KekState state) throws KekException.Revoked {
    switch (state) {
      case ENABLED -> {}
      case DISABLED -> throw new KekException.Revoked(KekException.Revoked.Reason.DISABLED);
      case PENDING_DELETION ->
          throw new KekException.Revoked(KekException.Revoked.Reason.PENDING_DELETION);
    }
  }

  private Duration backOff() {
    Duration now = pause;
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    return now;
  }
}
