// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.envelope.KeyId;
import dev.bulla.envelope.UnwrapResult;
import dev.bulla.events.PluginEvents;
import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.service.Peer;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what happens, and remembers where the process stands. No event takes a lock, and none that
 * an API server's call causes allocates anything. Thread-safe.
 */
public final class Counts implements PluginEvents {
  /** Request id of Decrypts that only keep the code warm. */
  public static final String OWN_UID = "bulla-warm-up";

  final LongAdder cacheHits = new LongAdder();
  final LongAdder cacheMisses = new LongAdder();
  final LongAdder sharedUnwraps = new LongAdder();
  final LongAdder rejectedConnections = new LongAdder();
  final LongAdder erasedDeks = new LongAdder();
  final LongAdder adoptedDeks = new LongAdder();
  final LongAdder failedDeks = new LongAdder();
  final LongAdder suspensions = new LongAdder();
  final LongAdder defects = new LongAdder();
  final LongAdder unreadableRecords = new LongAdder();
  private final LatencyTable<Rpc, Status.Code> rpcs =
      new LatencyTable<>(Rpc.class, Status.Code.class);
  private final Map<UnwrapResult, LongAdder> unwraps = new EnumMap<>(UnwrapResult.class);

  // Never changed after the constructor: read by many threads.
  private final SequencedMap<String, LatencyTable<KekCall, CallOutcome>> keks =
      new LinkedHashMap<>();
  private final int ownPid;
  private volatile boolean warm;
  private volatile boolean journalOff;
  private volatile Place place = Place.STARTING;

  /**
   * All zero.
   *
   * @param kekNames of the configured KEKs: no other name ever becomes a label
   * @param ownPid of this process, whose own calls are not counted while it warms up, nor later
   *     those of {@link #OWN_UID}
   */
  public Counts(List<String> kekNames, int ownPid) {
    this.ownPid = ownPid;
    for (String name : kekNames) {
      keks.put(name, new LatencyTable<>(KekCall.class, CallOutcome.class));
    }
    for (UnwrapResult result : UnwrapResult.values()) {
      unwraps.put(result, new LongAdder());
    }
  }

  Latencies rpcs(Rpc rpc, Status.Code code) {
    return rpcs.at(rpc, code);
  }

  long unwraps(UnwrapResult result) {
    return counter(result).sum();
  }

  private LongAdder counter(UnwrapResult result) {
    return Objects.requireNonNull(unwraps.get(result));
  }

  SequencedMap<String, LatencyTable<KekCall, CallOutcome>> keks() {
    return keks;
  }

  boolean isWarm() {
    return warm;
  }

  boolean isJournalOff() {
    return journalOff;
  }

  Place place() {
    return place;
  }

  @Override
  public void answered(Rpc rpc, Peer peer, String uid, String keyId, Status.Code code, long nanos) {
    if (peer.pid() != ownPid || (warm && !uid.equals(OWN_UID))) {
      rpcs(rpc, code).record(nanos);
    }
  }

  @Override
  public void kekCalled(
      String kekName, KekCall call, CallOutcome outcome, String requestId, Duration took) {
    LatencyTable<KekCall, CallOutcome> calls = keks.get(kekName);
    if (calls != null) {
      calls.at(call, outcome).record(took.toNanos());
    }
  }

  @Override
  public void cacheHit() {
    cacheHits.increment();
  }

  @Override
  public void cacheMissed() {
    cacheMisses.increment();
  }

  @Override
  public void unwrapShared() {
    sharedUnwraps.increment();
  }

  @Override
  public void unwrapEnded(Bytes annotationSha256, UnwrapResult result) {
    counter(result).increment();
  }

  @Override
  public void connectionRejected() {
    rejectedConnections.increment();
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    adoptedDeks.increment();
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    failedDeks.increment();
  }

  @Override
  public void erased(int deks) {
    erasedDeks.add(deks);
  }

  @Override
  public void resumed(Duration gap) {
    suspensions.increment();
  }

  @Override
  public void defect(Throwable what) {
    defects.increment();
  }

  @Override
  public void warmedUp() {
    warm = true;
  }

  @Override
  public void waiting(String endpoint, String owner) {
    place = Place.STANDBY;
  }

  @Override
  public void published(String endpoint) {
    place = Place.SERVING;
  }

  @Override
  public void unreadable(int records, String why) {
    unreadableRecords.add(records);
  }

  @Override
  public void notWritten(IOException why) {
    journalOff = true;
  }

  @Override
  public void writtenAgain() {
    journalOff = false;
  }

  // What follows is in the facts, or for the log alone.

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {}

  @Override
  public void rewarmed(int unwrapped, int refused) {}

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {}

  @Override
  public void notRecorded(IOException why) {}

  @Override
  public void pathRestored(String endpoint) {
    place = Place.SERVING;
  }

  @Override
  public void pathLost(String endpoint, String why) {
    place = Place.LOST;
  }

  @Override
  public void notLetGo(IOException why) {}
}
