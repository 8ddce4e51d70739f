// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.audit.AuditEvents;
import dev.bulla.envelope.KeyId;
import dev.bulla.events.PluginEvents;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.lines.Field;
import dev.bulla.process.Hardening;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operator what happens: each change once, never a secret. Each line has an event's name
 * and fields that are documented (docs/operate.md); the sentence takes them in their order, so a
 * text with fields writes an apostrophe twice. Thread-safe.
 */
final class EventLog implements PluginEvents, AuditEvents {
  private final Logger log = System.getLogger("bulla");
  private final AtomicReference<String> lastFailure = new AtomicReference<>("");

  private void tell(Level level, String event, String text, Field... fields) {
    tell(level, event, text, List.of(fields));
  }

  private void tell(Level level, String event, String text, List<Field> fields) {
    List<Object> parameters = new ArrayList<>(fields);
    parameters.add(Field.of(LogLine.EVENT, event));
    log.log(level, text, parameters.toArray());
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    lastFailure.set("");
    tell(
        partial ? Level.WARNING : Level.INFO,
        "dek_adopted",
        partial
            ? "a new data key seals from now on, and one of its KEKs is away and cannot recover"
                + " what it seals; key_id {0}"
            : "a new data key was proved through its KEKs and seals from now on, key_id {0}",
        LineFields.keyId(keyId.text()));
  }

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {
    Level level = after == Phase.HEALTHY ? Level.INFO : Level.WARNING;
    Field kek = LineFields.kek(kekName);
    Field now = Field.of("state", LineFields.word(after));
    Field then = Field.of("before", LineFields.word(before));
    if (why.isEmpty()) {
      tell(level, "kek_state", "KEK {0} is {1}, was {2}", kek, now, then);
    } else {
      tell(
          level,
          "kek_state",
          "KEK {0} is {1}, was {2}: {3}",
          LineFields.failure(why.get(), kek, now, then));
    }
  }

  @Override
  public void stillCold(String kekName, KekException why) {
    tell(
        Level.WARNING,
        "kek_failed",
        "KEK {0} has not worked since the start: {1}; it is tried again by itself",
        LineFields.failure(why, LineFields.kek(kekName)));
  }

  @Override
  public void erased(int deks) {
    tell(
        Level.WARNING,
        "deks_erased",
        "erased {0} data keys from memory: no KEK vouches for them any more",
        Field.of("count", deks));
  }

  @Override
  public void resumed(Duration gap) {
    tell(
        Level.WARNING,
        "resumed",
        "the machine was suspended for {0} s; the KEKs are confirmed before anything is sealed",
        Field.of("seconds", gap.toSeconds()));
  }

  @Override
  public void rewarmed(int unwrapped, int refused) {
    if (unwrapped + refused > 0) {
      tell(
          Level.INFO,
          "rewarmed",
          "{0} data keys of earlier starts are in memory again; {1} were refused and forgotten",
          Field.of("count", unwrapped),
          Field.of("refused", refused));
    }
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    if (!lastFailure.getAndSet(kekName + why.getMessage()).equals(kekName + why.getMessage())) {
      tell(
          Level.WARNING,
          "dek_failed",
          "KEK {0} made no data key: {1}; it is tried again by itself",
          LineFields.failure(why, LineFields.kek(kekName)));
    }
  }

  @Override
  public void unreadable(int records, String why) {
    tell(
        Level.WARNING,
        "journal_unreadable",
        "the journal has {0} records that cannot be read ({1}); only warmth is lost",
        Field.of("count", records),
        Field.of("reason", why));
  }

  @Override
  public void notWritten(IOException why) {
    tell(
        Level.WARNING,
        "journal_off",
        "the journal is off, so that a restart begins with no data key: {0}",
        LineFields.reason(why));
    tellDefectBehind(why.getCause());
  }

  @Override
  public void writtenAgain() {
    tell(Level.INFO, "journal_on", "the journal is written again");
  }

  @Override
  public void notAudited(IOException why) {
    tell(
        Level.WARNING,
        "audit_off",
        "the audit trail is off; what happens waits in memory, as far as there is room: {0}",
        LineFields.reason(why));
    tellDefectBehind(why.getCause());
  }

  // A report needs its stack.
  private void tellDefectBehind(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException || cause instanceof LinkageError) {
      defect(cause);
    }
  }

  @Override
  public void auditedAgain() {
    tell(Level.INFO, "audit_on", "the audit trail is written again");
  }

  @Override
  public void auditLost(long lines) {
    tell(
        Level.WARNING,
        "audit_gap",
        "the audit trail lacks {0} lines that it had no room for; it says so itself",
        Field.of("count", lines));
  }

  @Override
  public void auditStands(long seq, String hash) {
    tell(
        Level.INFO,
        "audit_stands",
        "the audit trail stands at line {0}, hash {1}",
        Field.of("seq", seq),
        Field.of("hash", hash));
  }

  @Override
  public void opsServing(String address) {
    tell(
        Level.INFO,
        "ops_serving",
        "metrics and probes on http://{0}",
        Field.of("address", address));
  }

  @Override
  public void opsUnavailable(String address, String why) {
    tell(
        Level.WARNING,
        "ops_unavailable",
        "no metrics and probes: {0} cannot be used ({1}); it is tried again by itself, and calls"
            + " of API servers are not affected",
        Field.of("address", address),
        Field.of("reason", why));
  }

  @Override
  public void scrubbed(Duration took) {
    tell(
        Level.INFO,
        "heap_scrubbed",
        "overwrote the free heap in {0} ms",
        Field.of("ms", took.toMillis()));
  }

  @Override
  public void notScrubbed() {
    tell(
        Level.WARNING,
        "heap_not_scrubbed",
        "the free heap was not overwritten: that needs the serial collector's JVM");
  }

  @Override
  public void defect(Throwable what) {
    log.log(
        Level.ERROR,
        "a defect; please report it, or restart if Bulla's files were replaced while it ran",
        what);
  }

  @Override
  public void waiting(String endpoint, String owner) {
    tell(
        Level.INFO,
        "standing_by",
        "standing by: {0} serves {1}; this one takes over when it ends",
        Field.of("owner", owner),
        Field.of("endpoint", endpoint));
  }

  @Override
  public void published(String endpoint) {
    tell(Level.INFO, "serving", "serving on {0}", Field.of("endpoint", endpoint));
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    tell(
        Level.WARNING,
        "peer_rejected",
        "closed a connection of uid {0}: {1} ({2} so far)",
        Field.of("peer_uid", uid),
        Field.of("reason", why),
        Field.of("total", rejectedSoFar));
  }

  @Override
  public void notRecorded(IOException why) {
    log.log(
        Level.WARNING, "the lock file cannot be written; a hand-over will not be seamless", why);
  }

  @Override
  public void pathRestored(String endpoint) {
    tell(
        Level.WARNING,
        "socket_restored",
        "somebody had removed the socket; it is back at {0}",
        Field.of("endpoint", endpoint));
  }

  @Override
  public void pathLost(String endpoint, String why) {
    tell(
        Level.ERROR,
        "socket_lost",
        "new connections do not find {0}: {1}; restart this instance",
        Field.of("endpoint", endpoint),
        Field.of("reason", why));
  }

  @Override
  public void notLetGo(IOException why) {
    log.log(Level.WARNING, "the socket's path was not let go in order", why);
  }

  void hardened(Hardening hardening) {
    tell(
        hardening.isComplete() ? Level.INFO : Level.WARNING,
        "hardened",
        "protection of this process: {0}",
        Field.ofLong("protection", hardening.summary()));
  }

  void warning(String text) {
    log.log(Level.WARNING, text);
  }
}
