// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.envelope.Obstacle;
import dev.bulla.envelope.WriteState;
import dev.bulla.health.Phase;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ready means that an API server that calls now is served; everything else has a reason. */
final class ReadinessTest {
  private static Facts healthy(WriteState write) {
    return Samples.facts(write, Phase.HEALTHY, Phase.HEALTHY, false);
  }

  private static Readiness of(Facts facts, Counts counts) {
    return Readiness.of(facts, counts);
  }

  @Test
  void serving_isReadyWithoutAWarning() {
    Readiness readiness = of(healthy(Samples.READY), Samples.serving());
    assertThat(readiness.isReady()).isTrue();
    assertThat(readiness.warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Obstacle.class)
  void obstacle_isAReason(Obstacle obstacle) {
    Readiness readiness = of(healthy(Samples.blockedBy(obstacle)), Samples.serving());
    assertThat(readiness.reasons()).containsExactly(Reason.of(obstacle));
    assertThat(Reason.of(obstacle).text()).matches("[a-z]+(-[a-z]+)*");
  }

  @Test
  void standby_saysSo_andIsReadyWhenItTookOver() {
    Counts counts = new Counts(List.of("primary"), 1);
    assertThat(of(healthy(Samples.READY), counts).reasons())
        .containsExactly(Reason.NOT_PUBLISHED, Reason.WARMING_UP);
    counts.waiting("unix:///s", "pid 7");
    counts.warmedUp();
    assertThat(of(healthy(Samples.READY), counts).reasons()).containsExactly(Reason.STANDING_BY);
    counts.published("unix:///s");
    assertThat(of(healthy(Samples.READY), counts).isReady()).isTrue();
    counts.pathLost("unix:///s", "another file lies at the path");
    assertThat(of(healthy(Samples.READY), counts).reasons()).containsExactly(Reason.SOCKET_LOST);
    counts.pathRestored("unix:///s");
    assertThat(of(healthy(Samples.READY), counts).isReady()).isTrue();
  }

  @Test
  void outageThatIsServedThrough_isAWarning() {
    Counts counts = Samples.serving();
    Facts facts = Samples.facts(Samples.READY, Phase.DEGRADED, Phase.COLD, true);
    assertThat(of(facts, counts).isReady()).isTrue();
    assertThat(of(facts, counts).warnings())
        .containsExactly(Warning.WRITE_KEK_DEGRADED, Warning.OTHER_KEK_AWAY, Warning.DEK_PARTIAL);
    counts.notWritten(new IOException("full"));
    assertThat(of(healthy(Samples.READY), counts).warnings()).containsExactly(Warning.JOURNAL_OFF);
    counts.writtenAgain();
    assertThat(of(healthy(Samples.READY), counts).warnings()).isEmpty();
  }

  @Test
  void protectionThatTheKernelRefused_isAWarning_andOneThatTheHostMustAllowIsNot() {
    Facts facts = healthy(Samples.READY);
    Facts refused =
        new Facts(
            facts.version(),
            facts.at(),
            facts.envelope(),
            facts.journalRecords(),
            List.of(new Facts.Guard("not_dumpable", false, false)));
    assertThat(of(refused, Samples.serving()).isReady()).isTrue();
    assertThat(of(refused, Samples.serving()).warnings())
        .containsExactly(Warning.PROTECTION_MISSING);
    assertThat(new Pages(() -> facts, Samples.serving()).metrics().body())
        .contains(
            "bulla_protection{protection=\"not_dumpable\"} 1.0",
            "bulla_protection{protection=\"locked_memory\"} 0.0");
  }

  @Test
  void json_hasTheReasonsAndTheKeks() {
    Facts facts =
        Samples.facts(Samples.blockedBy(Obstacle.KEK_REVOKED), Phase.REVOKED, Phase.HEALTHY, false);
    Pages.Page page = new Pages(() -> facts, Samples.serving()).ready(true);
    JsonObject answer = JsonParser.parseString(page.body()).getAsJsonObject();
    assertThat(page.status().code()).isEqualTo(503);
    assertThat(answer.get("ready").getAsBoolean()).isFalse();
    assertThat(answer.get("reasons").toString()).isEqualTo("[\"kek-revoked\"]");
    assertThat(answer.get("keks").getAsJsonArray().get(0).toString())
        .isEqualTo(
            "{\"name\":\"primary\",\"role\":\"write\",\"state\":\"REVOKED\",\"lastConfirmedAgeSeconds\":30}");
    assertThat(answer.get("protection").toString())
        .isEqualTo("{\"not_dumpable\":true,\"locked_memory\":false}");
  }
}
