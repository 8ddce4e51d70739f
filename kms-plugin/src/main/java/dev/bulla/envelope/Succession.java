// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekVersion;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts one DEK after the other into the keyring: the first, a successor when one nears its limits
 * or lacks a recovery KEK that is back, and one for the KEK's next version, made before its instant
 * and adopted at it. A DEK is made by a thread that may block; Encrypt never waits. Thread-safe.
 */
final class Succession {
  /** How early the DEK of the next version is made: time for many attempts, little of its age. */
  static final Duration AHEAD = Duration.ofMinutes(10);

  private static final Duration MAKING_TIME = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** Longest pause after a failure, so that a KEK's return is noticed within 2 s. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final KekSet keks;
  private final Recovery recovery;
  private final Keyring keyring;
  private final DekCache cache;
  private final DekFactory factory;
  private final WrappedDeks notes;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Executor blocking;
  private final EnvelopeEvents events;
  private final Map<KekMember, KekVersion> current = new ConcurrentHashMap<>();

  private Rotation rotation;
  private @Nullable Prepared prepared;
  private boolean making;
  private boolean retired;
  private long notBeforeNanos;
  private Duration pause = FIRST_PAUSE;

  /** A DEK that waits for its version's instant. */
  private record Prepared(KekVersion version, Dek dek) {}

  Succession(
      EnvelopeSettings settings,
      KekSet keks,
      Keyring keyring,
      DekCache cache,
      DekFactory factory,
      EnvelopeRuntime.Surroundings surroundings,
      Executor blocking,
      EnvelopeEvents events) {
    this.keks = keks;
    this.recovery = new Recovery(keks.recovery(), settings.recovery(), surroundings.ticker());
    this.keyring = keyring;
    this.cache = cache;
    this.factory = factory;
    this.notes = surroundings.notes();
    this.ticker = surroundings.ticker();
    this.clock = surroundings.clock();
    this.blocking = blocking;
    this.events = events;
    this.rotation = Rotation.begin(settings.promotionDelay());
    this.notBeforeNanos = ticker.nanos();
  }

  /** Takes in what a KEK says of itself; returns whether that is enough for now. */
  boolean described(KekMember member, KekDescription description) {
    current.put(member, description.current());
    if (!member.equals(keks.write())) {
      return true;
    }
    synchronized (this) {
      rotation = rotation.observed(description.versions(), clock.instant());
      return rotation.isSettled();
    }
  }

  /** Returns whether each KEK has said what its version is. */
  boolean knowsEach() {
    return current.keySet().containsAll(keks.all());
  }

  synchronized Optional<EnvelopeFacts.Version> versionInUse() {
    return rotation.inUse().map(this::facts);
  }

  synchronized Optional<EnvelopeFacts.Version> pendingVersion() {
    return rotation.pending().map(this::facts);
  }

  private EnvelopeFacts.Version facts(Rotation.Sighting sighting) {
    KekVersion version = sighting.version();
    return new EnvelopeFacts.Version(keks.keyId(version), version, sighting.usedFrom());
  }

  synchronized boolean isRolledBack() {
    return rotation.isRolledBack();
  }

  /** Wants a successor of the DEK in use, whatever its age. */
  synchronized void retire() {
    retired = true;
  }

  /** Forgets the DEK that waits for its version's instant if it is of that kind. */
  synchronized void eraseIf(Predicate<Dek> kind) {
    Prepared waiting = prepared;
    if (waiting != null && kind.test(waiting.dek)) {
      waiting.dek.erase();
      prepared = null;
    }
  }

  /** Adopts what is ready, and starts to make what is wanted. Does not block. */
  void look() {
    begin().ifPresent(this::start);
  }

  private synchronized Optional<KekVersion> begin() {
    Optional<KekVersion> wanted = wanted();
    if (wanted.isEmpty() || making || ticker.nanos() - notBeforeNanos < 0) {
      return Optional.empty();
    }
    making = true;
    return wanted;
  }

  private Optional<KekVersion> wanted() {
    Instant now = clock.instant();
    Optional<KekVersion> target = rotation.wanted(now);
    Prepared ready = prepared;
    if (ready != null && target.equals(Optional.of(ready.version))) {
      prepared = null;
      adopt(ready.version, ready.dek);
    }
    if (target.isEmpty() || !target.equals(rotation.active()) || successorIsDue()) {
      return target;
    }
    return rotation
        .upcoming(now, AHEAD)
        .filter(version -> prepared == null || !prepared.version.equals(version));
  }

  private boolean successorIsDue() {
    return isTurnoverDue()
        || (keyring.sealing().filter(Dek::isPartial).isPresent() && recovery.isBack());
  }

  private boolean isTurnoverDue() {
    return retired || keyring.isDue();
  }

  // A DEK for another version, or a successor: not one that only lacks a recovery KEK.
  private synchronized boolean isDue(KekVersion version) {
    return isTurnoverDue() || !Optional.of(version).equals(rotation.active());
  }

  private void start(KekVersion version) {
    try {
      blocking.execute(() -> make(version));
    } catch (RejectedExecutionException _) {
      // The process is stopping: it makes no more DEKs.
      ended();
    }
  }

  private void make(KekVersion version) {
    try {
      Deadline deadline = Deadline.after(MAKING_TIME, ticker);
      Set<KekMember> leftOut = recovery.leftOut(keyring.sealing(), isDue(version));
      Dek dek = factory.make((kek, by) -> version(kek, version, by), leftOut, deadline);
      recovery.proved(leftOut);
      made(version, dek);
    } catch (DekNotMadeException e) {
      keyring.failed(Obstacle.of(e.why()));
      recovery.failed(e.kekName(), e.why());
      events.dekFailed(e.kekName(), e.why());
      backOff();
    } catch (RuntimeException | LinkageError e) {
      keyring.failed(Obstacle.KEK_UNTRUSTWORTHY);
      events.defect(e);
      backOff();
    } finally {
      ended();
    }
  }

  private KekVersion version(KekMember member, KekVersion write, Deadline deadline)
      throws KekException {
    if (member.equals(keks.write())) {
      return write;
    }
    KekVersion known = current.get(member);
    return known != null ? known : member.kek().describe(deadline).current();
  }

  private synchronized void made(KekVersion version, Dek dek) {
    pause = FIRST_PAUSE;
    if (rotation.wanted(clock.instant()).equals(Optional.of(version))) {
      adopt(version, dek);
    } else {
      prepared = new Prepared(version, dek);
    }
  }

  private void adopt(KekVersion version, Dek dek) {
    cache.put(dek);
    notes.note(dek.annotation().toByteArray());
    KeyId keyId = keks.keyId(version);
    keyring.adopt(keyId, dek);
    rotation = rotation.adopted(version);
    retired = false;
    Bytes name = Bytes.copyFrom(AnnotationHash.of(dek.annotation().toByteArray()).bytes());
    events.dekMade(name, keyId, dek.isPartial());
    events.dekAdopted(keyId, dek.isPartial());
  }

  private synchronized void backOff() {
    notBeforeNanos = ticker.nanos() + pause.toNanos();
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private synchronized void ended() {
    making = false;
  }
}
