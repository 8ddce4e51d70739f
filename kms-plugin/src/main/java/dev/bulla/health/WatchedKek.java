// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * A KEK with a memory: every result is noted in its {@link KekHealth}, and while it is known to be
 * away, calls fail at once with what was found last, instead of waiting for a service that does not
 * answer. Only {@link #confirm} still asks. Thread-safe.
 */
public final class WatchedKek implements Kek {
  /** A health and the failure behind it: one value, so that the two never part. */
  private record Known(KekHealth health, Optional<KekException> why) {}

  private static final Duration DOUBT_LOOK = Duration.ofMillis(5);

  private final String name;
  private final Kek kek;
  private final Ticker ticker;
  private final HealthEvents events;
  private final Duration doubtFor;
  private final Pacer pacer = new Pacer();
  private final AtomicReference<Known> known =
      new AtomicReference<>(new Known(KekHealth.UNKNOWN, Optional.empty()));
  private final AtomicReference<Phase> told = new AtomicReference<>(Phase.COLD);
  private final AtomicReference<String> toldWhileCold = new AtomicReference<>("");

  /**
   * Watches {@code kek}, which stays its owner's to close.
   *
   * @param doubtFor how long unwraps wait for a KEK that began to fail, before it counts as away
   */
  public WatchedKek(String name, Kek kek, Ticker ticker, HealthEvents events, Duration doubtFor) {
    this.name = name;
    this.kek = new ToldKek(name, kek, ticker, events);
    this.ticker = ticker;
    this.events = events;
    this.doubtFor = doubtFor;
  }

  /** Returns the operator's name for it. */
  public String name() {
    return name;
  }

  /** Returns what is known of it now. */
  public KekHealth health() {
    return known.get().health;
  }

  /** Returns the last failure since the last confirmation. */
  public Optional<KekException> lastFailure() {
    return known.get().why;
  }

  @Override
  public KekIdentity identity() {
    return kek.identity();
  }

  @Override
  public Optional<Instant> credentialsExpireAt() {
    return kek.credentialsExpireAt();
  }

  /** {@inheritDoc} Fails at once while the KEK is away. */
  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    requireHere();
    try {
      return kek.wrap(master, version, deadline);
    } catch (KekException e) {
      failed(e);
      throw e;
    }
  }

  /**
   * {@inheritDoc} Fails at once while the KEK is away. Waits while it is in doubt, and its turn
   * while it throttles.
   */
  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    awaitEndOfDoubt(deadline);
    requireHere();
    awaitTurn(deadline);
    try {
      KeyMaterial master = kek.unwrap(wrapped, deadline);
      confirmed();
      return master;
    } catch (KekException.Rejected e) {
      // The caller's data, never the key's health.
      throw e;
    } catch (KekException e) {
      failed(e);
      throw e;
    }
  }

  /** {@inheritDoc} Asks even while the KEK is away: it is how its return is found. */
  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    return confirm(Optional.empty(), deadline);
  }

  /**
   * Asks the KEK what it is, and lets it unwrap {@code own}, which must come back as it was. Asks
   * even while it is away: it is how its return is found.
   *
   * @throws KekException if it failed, says that the key must not be used, or gave another one back
   */
  public KekDescription confirm(Optional<OwnKey> own, Deadline deadline) throws KekException {
    try {
      KekDescription description = kek.describe(deadline);
      requireEnabled(description);
      if (own.isPresent()) {
        requireUnwraps(own.get(), deadline);
      }
      confirmed();
      return description;
    } catch (KekException e) {
      failed(e);
      throw e;
    }
  }

  private void requireUnwraps(OwnKey own, Deadline deadline) throws KekException {
    try (KeyMaterial master = kek.unwrap(own.wrapped(), deadline)) {
      if (!own.isIt().test(master)) {
        throw new KekException.Untrustworthy(
            "it unwraps the data key in use to something else than was wrapped");
      }
    }
  }

  private static void requireEnabled(KekDescription description) throws KekException.Revoked {
    switch (description.state()) {
      case ENABLED -> {}
      case DISABLED -> throw new KekException.Revoked(KekException.Revoked.Reason.DISABLED);
      case PENDING_DELETION ->
          throw new KekException.Revoked(KekException.Revoked.Reason.PENDING_DELETION);
    }
  }

  /** Notes that the machine was suspended: a confirmation is due before the next seal. */
  public void resumedAfter(Duration gap) {
    note(health -> health.resumedAfter(gap.toNanos()), known.get().why);
  }

  /** Tells a phase that time alone has changed. */
  public void look() {
    tell(known.get());
  }

  private void requireHere() throws KekException {
    Known now = known.get();
    if (now.health.isAway() && now.why.isPresent()) {
      throw now.why.get();
    }
  }

  /** Returns whether the KEK began to fail so lately that it is worth to wait for it. */
  boolean isInDoubt() {
    return health().isInDoubt(ticker.nanos(), doubtFor);
  }

  // Ended by a confirmation, which is tried often meanwhile, or by time.
  private void awaitEndOfDoubt(Deadline deadline) {
    while (isInDoubt() && !deadline.expired() && !Thread.currentThread().isInterrupted()) {
      ticker.pause(DOUBT_LOOK);
    }
  }

  // On a thread that may block: never an event loop.
  private void awaitTurn(Deadline deadline) throws KekException {
    Duration wait = pacer.turn(ticker.nanos());
    if (wait.isPositive() && wait.compareTo(deadline.remaining()) >= 0) {
      throw new KekException.Throttled("the service asks for fewer calls than are waiting");
    }
    ticker.pause(wait);
  }

  private void confirmed() {
    pacer.succeeded();
    note(health -> health.confirmed(ticker.nanos()), Optional.empty());
  }

  private void failed(KekException why) {
    if (why instanceof KekException.Throttled) {
      pacer.throttled(ticker.nanos());
    }
    note(health -> health.failed(Setback.of(why), ticker.nanos()), Optional.of(why));
  }

  private void note(UnaryOperator<KekHealth> event, Optional<KekException> why) {
    tell(known.updateAndGet(before -> new Known(event.apply(before.health), why)));
  }

  private void tell(Known now) {
    Phase phase = now.health.phase(ticker.nanos());
    Phase before = told.getAndSet(phase);
    if (before != phase) {
      events.phaseChanged(name, before, phase, now.why);
    } else if (phase == Phase.COLD) {
      now.why.ifPresent(this::tellWhileCold);
    }
  }

  // No phase changes while a start fails: without this the reason would be told nobody.
  private void tellWhileCold(KekException why) {
    String text = String.valueOf(why.getMessage());
    if (!text.equals(toldWhileCold.getAndSet(text))) {
      events.stillCold(name, why);
    }
  }

  @Override
  public void close() {
    kek.close();
  }
}
