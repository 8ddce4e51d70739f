// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.audit.AuditTrail;
import dev.bulla.envelope.KeyId;
import dev.bulla.envelope.UnwrapResult;
import dev.bulla.events.QuietListener;
import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.lines.Field;
import dev.bulla.service.Peer;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Notes in the audit trail who used which key, and what changed (docs/operate.md). A call that is
 * answered from memory leaves no line. Thread-safe.
 */
final class AuditLog extends QuietListener {
  private static final long OWN_PID = ProcessHandle.current().pid();

  private final AuditTrail trail;

  AuditLog(AuditTrail trail) {
    this.trail = trail;
  }

  @Override
  public void kekCalled(
      String kekName, KekCall call, CallOutcome outcome, String requestId, Duration took) {
    switch (call) {
      case WRAP -> key("wrap", kekName, outcome, requestId, took);
      case UNWRAP -> key("unwrap", kekName, outcome, requestId, took);
      case DESCRIBE -> {}
    }
  }

  // Only what succeeded may not be counted instead of written: failures come in floods.
  private void key(
      String event, String kekName, CallOutcome outcome, String requestId, Duration took) {
    List<Field> kind = List.of(LineFields.kek(kekName), LineFields.outcome(outcome));
    Field millis = Field.of("ms", took.toMillis());
    if (outcome == CallOutcome.OK) {
      trail.note(event, kind.get(0), kind.get(1), millis);
    } else {
      trail.noteOften(event, kind, with(millis, requestId));
    }
  }

  private static List<Field> with(Field first, String requestId) {
    List<Field> fields = new ArrayList<>(List.of(first));
    fields.addAll(LineFields.kekRequest(requestId));
    return fields;
  }

  @Override
  public void unwrapEnded(Bytes annotationSha256, UnwrapResult result) {
    Field outcome = LineFields.outcome(result);
    Field dek = LineFields.dek(annotationSha256);
    if (result == UnwrapResult.UNWRAPPED) {
      trail.note("dek_unwrapped", outcome, dek);
    } else {
      trail.noteOften("dek_unwrapped", List.of(outcome), List.of(dek));
    }
  }

  @Override
  public void dekMade(Bytes annotationSha256, KeyId keyId, boolean partial) {
    trail.note(
        "dek_adopted",
        LineFields.dek(annotationSha256),
        LineFields.keyId(keyId.text()),
        Field.of("partial", partial ? "true" : "false"));
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    trail.noteOften(
        "dek_failed",
        List.of(LineFields.kek(kekName), LineFields.outcome(CallOutcome.of(why))),
        with(LineFields.reason(why), why.requestId()));
  }

  /** {@inheritDoc} Refusals alone, and not of Status: its refusals follow from a KEK's state. */
  @Override
  public void answered(Rpc rpc, Peer peer, String uid, String keyId, Status.Code code, long nanos) {
    if (code != Status.Code.OK && rpc != Rpc.STATUS && peer.pid() != OWN_PID) {
      trail.noteOften(
          "refusal",
          List.of(
              Field.of("call", LineFields.word(rpc)),
              LineFields.outcome(code),
              Field.of("peer_uid", peer.uid())),
          List.of(
              Field.of("peer_pid", peer.pid()), LineFields.request(uid), LineFields.keyId(keyId)));
    }
  }

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {
    List<Field> fields = new ArrayList<>();
    fields.add(LineFields.kek(kekName));
    fields.add(Field.of("state", LineFields.word(after)));
    fields.add(Field.of("before", LineFields.word(before)));
    why.map(LineFields::reason).ifPresent(fields::add);
    why.map(KekException::requestId).map(LineFields::kekRequest).ifPresent(fields::addAll);
    trail.note("kek_state", fields.toArray(Field[]::new));
  }

  @Override
  public void erased(int deks) {
    trail.note("deks_erased", Field.of("count", deks));
  }

  @Override
  public void scrubbed(Duration took) {
    trail.note("heap_scrubbed", Field.of("ms", took.toMillis()));
  }

  @Override
  public void resumed(Duration gap) {
    trail.note("resumed", Field.of("seconds", gap.toSeconds()));
  }

  @Override
  public void waiting(String endpoint, String owner) {
    trail.note("standing_by", Field.of("endpoint", endpoint));
  }

  @Override
  public void published(String endpoint) {
    trail.note("serving", Field.of("endpoint", endpoint));
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    trail.note(
        "peer_rejected",
        Field.of("peer_uid", uid),
        Field.of("reason", why),
        Field.of("total", rejectedSoFar));
  }

  @Override
  public void defect(Throwable what) {
    trail.noteOften("defect", List.of(Field.of("reason", what.getClass().getName())), List.of());
  }
}
