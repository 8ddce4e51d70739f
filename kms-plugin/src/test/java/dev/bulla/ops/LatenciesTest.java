// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Durations land in the bucket that their bound names, and nothing is lost. */
final class LatenciesTest {
  private final Latencies latencies = new Latencies();

  private String page() {
    Families families = new Families();
    families.histograms("t_seconds", "Test.", List.of(latencies.snapshot(Labels.EMPTY)));
    return families.page();
  }

  @Test
  void durations_areInTheBucketsOfTheirBounds() {
    latencies.record(0);
    latencies.record(10_000);
    latencies.record(10_001);
    latencies.record(10_000_000_000L);
    latencies.record(10_000_000_001L);
    assertThat(page())
        .contains(
            "t_seconds_bucket{le=\"1.0E-5\"} 2\n",
            "t_seconds_bucket{le=\"2.5E-5\"} 3\n",
            "t_seconds_bucket{le=\"5.0\"} 3\n",
            "t_seconds_bucket{le=\"10.0\"} 4\n",
            "t_seconds_bucket{le=\"+Inf\"} 5\n",
            "t_seconds_count 5\n",
            "t_seconds_sum 20.000020002\n");
  }

  @Test
  void nothing_isEmpty() {
    assertThat(latencies.isEmpty()).isTrue();
    latencies.record(1);
    assertThat(latencies.isEmpty()).isFalse();
  }
}
