// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.health.Phase;
import dev.bulla.service.Peer;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted, and that no caller can make a label. */
final class CountsTest {
  private static final int OWN_PID = 4711;

  private final Counts counts = new Counts(List.of("primary"), OWN_PID);

  private String page() {
    Facts facts = Samples.facts(Samples.READY, Phase.HEALTHY, Phase.HEALTHY, false);
    return new Pages(() -> facts, counts).metrics().body();
  }

  private void answered(Rpc rpc, int pid, Status.Code code) {
    counts.answered(rpc, new Peer(0, pid), "caller's uid", "caller's key_id", code, 60_000);
  }

  @Test
  void callsOfTheWarmUp_areNotCounted() {
    answered(Rpc.STATUS, OWN_PID, Status.Code.UNAVAILABLE);
    answered(Rpc.STATUS, 1, Status.Code.UNAVAILABLE);
    counts.warmedUp();
    answered(Rpc.STATUS, OWN_PID, Status.Code.OK);
    assertThat(page())
        .contains(
            "bulla_rpc_duration_seconds_count{code=\"UNAVAILABLE\",method=\"Status\"} 1\n",
            "bulla_rpc_duration_seconds_count{code=\"OK\",method=\"Status\"} 1\n",
            "bulla_rpc_duration_seconds_bucket{code=\"OK\",method=\"Status\",le=\"5.0E-5\"} 0\n",
            "bulla_rpc_duration_seconds_bucket{code=\"OK\",method=\"Status\",le=\"1.0E-4\"} 1\n");
  }

  @Test
  void decryptsThatKeepTheCodeWarm_areNotCounted_whoeverElseSaysTheSame() {
    counts.warmedUp();
    for (int pid : new int[] {OWN_PID, 1}) {
      counts.answered(
          Rpc.DECRYPT, new Peer(0, pid), Counts.OWN_UID, "key_id", Status.Code.OK, 60_000);
    }
    assertThat(page())
        .contains("bulla_rpc_duration_seconds_count{code=\"OK\",method=\"Decrypt\"} 1\n");
  }

  @Test
  void whatACallerWrites_isNoLabel() {
    long before = page().lines().count();
    for (int i = 0; i < 100; i++) {
      counts.answered(
          Rpc.DECRYPT, new Peer(i, i), "u" + i, "k" + i, Status.Code.INVALID_ARGUMENT, 1);
    }
    assertThat(page().lines().count()).isEqualTo(before);
    assertThat(page())
        .contains(
            "bulla_rpc_duration_seconds_count{code=\"INVALID_ARGUMENT\",method=\"Decrypt\"} 100\n");
  }

  @Test
  void callsToKeks_areCountedByWhatCameOfThem() {
    counts.kekCalled("primary", KekCall.UNWRAP, CallOutcome.DENIED, "", Duration.ofMillis(3));
    counts.kekCalled("never configured", KekCall.UNWRAP, CallOutcome.OK, "", Duration.ofMillis(3));
    assertThat(page())
        .contains(
            "bulla_kek_call_duration_seconds_count{kek=\"primary\",operation=\"unwrap\",outcome=\"denied\"} 1\n")
        .doesNotContain("never configured");
  }
}
