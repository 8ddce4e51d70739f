// SPDX-License-Identifier: Apache-2.0
package dev.bulla.events;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.envelope.KeyId;
import dev.bulla.envelope.UnwrapResult;
import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.service.Peer;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Tells each listener what it is told, in order. Thread-safe. */
public final class Fanout implements PluginEvents {
  // Arrays: telling a call that was answered from memory allocates nothing.
  private final PluginEvents[] listeners;
  private final PluginEvents[] ofEachCall;

  private Fanout(PluginEvents[] listeners, PluginEvents[] ofEachCall) {
    this.listeners = listeners;
    this.ofEachCall = ofEachCall;
  }

  /**
   * Returns what tells all of {@code listeners}.
   *
   * @param ofEachCall those of them that are told of {@link #cacheHit} and {@link #answered}, which
   *     come with every call: the fewer, the cheaper a call
   */
  public static PluginEvents to(List<PluginEvents> listeners, List<PluginEvents> ofEachCall) {
    return new Fanout(
        listeners.toArray(new PluginEvents[0]), ofEachCall.toArray(new PluginEvents[0]));
  }

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {
    for (PluginEvents each : listeners) {
      each.phaseChanged(kekName, before, after, why);
    }
  }

  @Override
  public void stillCold(String kekName, KekException why) {
    for (PluginEvents each : listeners) {
      each.stillCold(kekName, why);
    }
  }

  @Override
  public void kekCalled(
      String kekName, KekCall call, CallOutcome outcome, String requestId, Duration took) {
    for (PluginEvents each : listeners) {
      each.kekCalled(kekName, call, outcome, requestId, took);
    }
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    for (PluginEvents each : listeners) {
      each.dekAdopted(keyId, partial);
    }
  }

  @Override
  public void dekMade(Bytes annotationSha256, KeyId keyId, boolean partial) {
    for (PluginEvents each : listeners) {
      each.dekMade(annotationSha256, keyId, partial);
    }
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    for (PluginEvents each : listeners) {
      each.dekFailed(kekName, why);
    }
  }

  @Override
  public void erased(int deks) {
    for (PluginEvents each : listeners) {
      each.erased(deks);
    }
  }

  @Override
  public void resumed(Duration gap) {
    for (PluginEvents each : listeners) {
      each.resumed(gap);
    }
  }

  @Override
  public void rewarmed(int unwrapped, int refused) {
    for (PluginEvents each : listeners) {
      each.rewarmed(unwrapped, refused);
    }
  }

  @Override
  public void cacheHit() {
    for (PluginEvents each : ofEachCall) {
      each.cacheHit();
    }
  }

  @Override
  public void cacheMissed() {
    for (PluginEvents each : listeners) {
      each.cacheMissed();
    }
  }

  @Override
  public void unwrapShared() {
    for (PluginEvents each : listeners) {
      each.unwrapShared();
    }
  }

  @Override
  public void unwrapEnded(Bytes annotationSha256, UnwrapResult result) {
    for (PluginEvents each : listeners) {
      each.unwrapEnded(annotationSha256, result);
    }
  }

  @Override
  public void defect(Throwable what) {
    for (PluginEvents each : listeners) {
      each.defect(what);
    }
  }

  @Override
  public void waiting(String endpoint, String owner) {
    for (PluginEvents each : listeners) {
      each.waiting(endpoint, owner);
    }
  }

  @Override
  public void published(String endpoint) {
    for (PluginEvents each : listeners) {
      each.published(endpoint);
    }
  }

  @Override
  public void connectionRejected() {
    for (PluginEvents each : listeners) {
      each.connectionRejected();
    }
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    for (PluginEvents each : listeners) {
      each.peerRejected(uid, why, rejectedSoFar);
    }
  }

  @Override
  public void notRecorded(IOException why) {
    for (PluginEvents each : listeners) {
      each.notRecorded(why);
    }
  }

  @Override
  public void pathRestored(String endpoint) {
    for (PluginEvents each : listeners) {
      each.pathRestored(endpoint);
    }
  }

  @Override
  public void pathLost(String endpoint, String why) {
    for (PluginEvents each : listeners) {
      each.pathLost(endpoint, why);
    }
  }

  @Override
  public void notLetGo(IOException why) {
    for (PluginEvents each : listeners) {
      each.notLetGo(why);
    }
  }

  @Override
  public void unreadable(int records, String why) {
    for (PluginEvents each : listeners) {
      each.unreadable(records, why);
    }
  }

  @Override
  public void notWritten(IOException why) {
    for (PluginEvents each : listeners) {
      each.notWritten(why);
    }
  }

  @Override
  public void writtenAgain() {
    for (PluginEvents each : listeners) {
      each.writtenAgain();
    }
  }

  @Override
  public void answered(Rpc rpc, Peer peer, String uid, String keyId, Status.Code code, long nanos) {
    for (PluginEvents each : ofEachCall) {
      each.answered(rpc, peer, uid, keyId, code, nanos);
    }
  }

  @Override
  public void scrubbed(Duration took) {
    for (PluginEvents each : listeners) {
      each.scrubbed(took);
    }
  }

  @Override
  public void notScrubbed() {
    for (PluginEvents each : listeners) {
      each.notScrubbed();
    }
  }

  @Override
  public void warmedUp() {
    for (PluginEvents each : listeners) {
      each.warmedUp();
    }
  }

  @Override
  public void opsServing(String address) {
    for (PluginEvents each : listeners) {
      each.opsServing(address);
    }
  }

  @Override
  public void opsUnavailable(String address, String why) {
    for (PluginEvents each : listeners) {
      each.opsUnavailable(address, why);
    }
  }
}
