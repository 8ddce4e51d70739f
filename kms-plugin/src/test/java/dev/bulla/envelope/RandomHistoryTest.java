// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.history.History;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A cluster under a random schedule of faults, rotations and restarts; every answer is checked.
 * {@code -Dbulla.history=1000000} makes it that many operations, {@code -Dbulla.seed=} plays one
 * episode again.
 */
final class RandomHistoryTest {
  private static final System.Logger LOG = System.getLogger("bulla.figures");
  private static final long EPISODE = 2_000;
  private static final List<Long> FIXED = List.of(1L, 2L, 3L);

  @Test
  void faultsRotationsAndRestarts_breakNoInvariant() {
    String seed = System.getProperty("bulla.seed", "");
    if (!seed.isEmpty()) {
      var _ = SimSchedule.play(Long.parseLong(seed), EPISODE);
      return;
    }
    long first = new SecureRandom().nextLong();
    LOG.log(System.Logger.Level.INFO, "the random seeds come from " + first);
    Random seeds = new Random(first);
    long operations = Long.getLong("bulla.history", 8_000);
    long played = 0;
    long envelopes = 0;
    for (int episode = 0; played < operations; episode++) {
      boolean fixed = episode < FIXED.size();
      History history = SimSchedule.play(fixed ? FIXED.get(episode) : seeds.nextLong(), EPISODE);
      played += history.operations();
      envelopes += history.size();
    }
    LOG.log(System.Logger.Level.INFO, played + " operations, " + envelopes + " envelopes");
    assertThat(envelopes).isGreaterThan(played / 20);
  }

  @Test
  void aSeed_playsTheSameHistoryAgain() {
    String first = SimSchedule.play(7, EPISODE).digest();
    assertThat(SimSchedule.play(7, EPISODE).digest()).isEqualTo(first);
    assertThat(SimSchedule.play(8, EPISODE).digest()).isNotEqualTo(first);
  }
}
