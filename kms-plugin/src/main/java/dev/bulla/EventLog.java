// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.envelope.EnvelopeEvents;
import dev.bulla.envelope.KeyId;
import dev.bulla.health.Phase;
import dev.bulla.journal.JournalEvents;
import dev.bulla.kek.KekException;
import dev.bulla.memory.FreeHeap;
import dev.bulla.process.Hardening;
import dev.bulla.socket.SocketEvents;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Tells the operator what happens: each change once, never a secret. Thread-safe. */
final class EventLog implements EnvelopeEvents, SocketEvents, JournalEvents {
  private final Logger log = System.getLogger("bulla");
  private final AtomicReference<String> lastFailure = new AtomicReference<>("");

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    lastFailure.set("");
    log.log(
        partial ? Level.WARNING : Level.INFO,
        "a new data key was proved through {0} and seals from now on, key_id {1}",
        partial ? "its KEKs but one that is away, which cannot recover what it seals," : "its KEKs",
        keyId);
  }

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {
    log.log(
        after == Phase.HEALTHY ? Level.INFO : Level.WARNING,
        "KEK {0} is {1}, was {2}{3}",
        kekName,
        after,
        before,
        why.map(failure -> ": " + failure.getMessage()).orElse(""));
  }

  @Override
  public void erased(int deks) {
    log.log(
        Level.WARNING,
        "erased {0} data keys from memory: no KEK vouches for them any more",
        Integer.toString(deks));
  }

  @Override
  public void resumed(Duration gap) {
    log.log(
        Level.WARNING,
        "the machine was suspended for {0} s; the KEKs are confirmed before anything is sealed",
        Long.toString(gap.toSeconds()));
  }

  @Override
  public void rewarmed(int unwrapped, int refused) {
    if (unwrapped + refused > 0) {
      log.log(
          Level.INFO,
          "{0} data keys of earlier starts are in memory again; {1} were refused and forgotten",
          Integer.toString(unwrapped),
          Integer.toString(refused));
    }
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    String text = "KEK " + kekName + " made no data key: " + why.getMessage();
    if (!text.equals(lastFailure.getAndSet(text))) {
      log.log(Level.WARNING, text + "; it is tried again by itself");
    }
  }

  @Override
  public void unreadable(int records, String why) {
    log.log(
        Level.WARNING,
        "the journal has {0} records that cannot be read ({1}); only warmth is lost",
        Integer.toString(records),
        why);
  }

  @Override
  public void notWritten(IOException why) {
    log.log(
        Level.WARNING,
        "the journal is off, so that a restart begins with no data key: " + why.getMessage());
  }

  @Override
  public void writtenAgain() {
    log.log(Level.INFO, "the journal is written again");
  }

  void scrubbed(FreeHeap.Scrub scrub) {
    log.log(
        Level.INFO,
        "overwrote the free heap in {0} ms",
        Long.toString(Duration.ofNanos(scrub.nanos()).toMillis()));
  }

  void notScrubbed() {
    log.log(
        Level.WARNING, "the free heap was not overwritten: that needs the serial collector's JVM");
  }

  @Override
  public void defect(RuntimeException what) {
    log.log(Level.ERROR, "a defect in a backend; please report it", what);
  }

  @Override
  public void stopped() {
    log.log(Level.DEBUG, "the key loop has ended");
  }

  @Override
  public void waiting(String endpoint, String owner) {
    log.log(
        Level.INFO,
        "standing by: {0} serves {1}; this one takes over when it ends",
        owner,
        endpoint);
  }

  @Override
  public void published(String endpoint) {
    log.log(Level.INFO, "serving on {0}", endpoint);
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    log.log(
        Level.WARNING,
        "closed a connection of uid {0}: {1} ({2} so far)",
        Long.toString(uid),
        why,
        Long.toString(rejectedSoFar));
  }

  @Override
  public void notRecorded(IOException why) {
    log.log(
        Level.WARNING, "the lock file cannot be written; a hand-over will not be seamless", why);
  }

  @Override
  public void notLetGo(IOException why) {
    log.log(Level.WARNING, "the socket's path was not let go in order", why);
  }

  void hardened(Hardening hardening) {
    log.log(
        hardening.isComplete() ? Level.INFO : Level.WARNING,
        "protection of this process: {0}",
        hardening.summary());
  }

  void debug(String text) {
    log.log(Level.DEBUG, text);
  }

  void warning(String text) {
    log.log(Level.WARNING, text);
  }
}
