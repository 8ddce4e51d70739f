// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** DEKs that a grace's end must not miss. The random history found the first of them. */
final class ErasureTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final FakeKek aws = new FakeKek(KekType.AWS_KMS, "arn", Rig.SCOPE);
  private final FakeKek vault = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);

  @Test
  void kekAwayForLongerThanItsGrace_isErasedAllTheSameWhenItIsFoundRevoked() throws Exception {
    try (Rig rig =
        new Rig(
            aws,
            Rig.settings(
                OutageLimits.DEFAULT,
                Rig.kek(KekRole.WRITE, aws),
                Rig.kek(KekRole.RECOVERY, vault)),
            WrappedDeks.none())) {
      rig.step();
      Envelope envelope = rig.envelopes.seal(SEED);
      aws.fail(Fault.DOWN);
      rig.run(Duration.ofHours(25));
      assertThat(rig.told).doesNotContain("erased 1");
      aws.fail(Fault.DISABLED);
      rig.run(Duration.ofMinutes(17));
      assertThat(rig.told).contains("erased 1");
      int before = vault.unwraps();
      assertThat(rig.open(envelope).get()).isEqualTo(SEED);
      assertThat(vault.unwraps()).isEqualTo(before + 1);
    }
  }

  @Test
  void dekThatWaitsForItsVersionsInstant_isErasedWithTheOthers() {
    Duration delay = Duration.ofHours(1);
    OutageLimits limits =
        new OutageLimits(Duration.ofMinutes(30), Duration.ofHours(24), Duration.ofMinutes(1));
    try (Rig rig =
        new Rig(
            aws, Rig.settings(limits, delay, Rig.kek(KekRole.WRITE, aws)), WrappedDeks.none())) {
      rig.step();
      aws.rotate(rig.now());
      rig.run(delay.minus(Succession.AHEAD).plusMinutes(1));
      assertThat(aws.wraps()).as("made ahead").isEqualTo(2);
      aws.fail(Fault.DISABLED);
      rig.run(Duration.ofMinutes(4));
      aws.fail(Fault.NONE);
      rig.run(Duration.ofMinutes(10));
      assertThat(rig.envelopes.state()).isInstanceOf(WriteState.Ready.class);
      assertThat(aws.wraps()).as("made anew: the current one, and the next").isEqualTo(4);
    }
  }
}
