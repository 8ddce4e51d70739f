// SPDX-License-Identifier: Apache-2.0
package dev.bulla.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.bulla.envelope.KeyId;
import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import dev.bulla.service.Peer;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Several listeners hear the same. */
final class FanoutTest {
  /** Remembers what it heard of one kind of each source. */
  private static final class Ear implements PluginEvents {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void answered(
        Rpc rpc, Peer peer, String uid, String keyId, Status.Code code, long nanos) {
      heard.add(rpc + " " + peer.uid() + " " + uid + " " + keyId + " " + code + " " + nanos);
    }

    @Override
    public void kekCalled(
        String kekName, KekCall call, CallOutcome outcome, String requestId, Duration took) {
      heard.add(kekName + " " + call + " " + outcome + " " + requestId + " " + took);
    }

    @Override
    public void cacheHit() {
      heard.add("hit");
    }

    @Override
    public void phaseChanged(
        String kekName, Phase before, Phase after, Optional<KekException> why) {
      heard.add(kekName + " " + before + " " + after);
    }

    @Override
    public void dekAdopted(KeyId keyId, boolean partial) {}

    @Override
    public void dekFailed(String kekName, KekException why) {}

    @Override
    public void erased(int deks) {}

    @Override
    public void resumed(Duration gap) {}

    @Override
    public void rewarmed(int unwrapped, int refused) {
      heard.add(unwrapped + " " + refused);
    }

    @Override
    public void defect(Throwable what) {}

    @Override
    public void waiting(String endpoint, String owner) {}

    @Override
    public void published(String endpoint) {}

    @Override
    public void peerRejected(long uid, String why, long rejectedSoFar) {}

    @Override
    public void notRecorded(IOException why) {}

    @Override
    public void pathRestored(String endpoint) {}

    @Override
    public void pathLost(String endpoint, String why) {}

    @Override
    public void notLetGo(IOException why) {}

    @Override
    public void unreadable(int records, String why) {
      heard.add(records + " " + why);
    }

    @Override
    public void notWritten(IOException why) {}

    @Override
    public void writtenAgain() {}
  }

  @Test
  void eachListener_hearsTheSame() {
    Ear first = new Ear();
    Ear second = new Ear();
    Ear deafToCalls = new Ear();
    PluginEvents all = Fanout.to(List.of(first, second, deafToCalls), List.of(first, second));
    all.cacheHit();
    all.answered(Rpc.DECRYPT, new Peer(7, 8), "u", "k", Status.Code.OK, 9);
    all.kekCalled("primary", KekCall.WRAP, CallOutcome.DENIED, "r-1", Duration.ofMillis(3));
    all.phaseChanged("primary", Phase.COLD, Phase.HEALTHY, Optional.empty());
    all.rewarmed(3, 4);
    all.unreadable(5, "torn");
    assertThat(first.heard)
        .containsExactly(
            "hit",
            "DECRYPT 7 u k OK 9",
            "primary WRAP DENIED r-1 PT0.003S",
            "primary COLD HEALTHY",
            "3 4",
            "5 torn");
    assertThat(second.heard).isEqualTo(first.heard);
    assertThat(deafToCalls.heard).isEqualTo(first.heard.subList(2, first.heard.size()));
  }

  @Test
  void everyEvent_isHandedOn() {
    JavaClass fanout = new ClassFileImporter().importClass(Fanout.class);
    JavaClass events = new ClassFileImporter().importPackages("dev.bulla").get(PluginEvents.class);
    Set<String> told =
        events.getAllMethods().stream().map(JavaMethod::getName).collect(Collectors.toSet());
    assertThat(told).contains("phaseChanged", "answered", "published", "notWritten", "scrubbed");
    assertThat(fanout.getMethods().stream().map(JavaMethod::getName)).containsAll(told);
  }
}
