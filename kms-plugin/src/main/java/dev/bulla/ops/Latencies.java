// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** Counts durations in buckets. To record one takes no lock and allocates nothing. Thread-safe. */
final class Latencies {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final long[] BOUNDS_NANOS = {
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000L,
    5_000_000_000L,
    10_000_000_000L
  };

  private final LongAdder[] counts = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  Latencies() {
    Arrays.setAll(counts, _ -> new LongAdder());
  }

  void record(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(nanos);
  }

  boolean isEmpty() {
    return Arrays.stream(counts).allMatch(count -> count.sum() == 0);
  }

  HistogramDataPointSnapshot snapshot(Labels labels) {
    long[] now = Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
    return HistogramDataPointSnapshot.builder()
        .labels(labels)
        .classicHistogramBuckets(ClassicHistogramBuckets.of(boundsSeconds(), now))
        .sum(sumNanos.sum() / NANOS_PER_SECOND)
        .build();
  }

  private static double[] boundsSeconds() {
    double[] bounds = new double[BOUNDS_NANOS.length + 1];
    Arrays.setAll(
        bounds,
        i ->
            i < BOUNDS_NANOS.length
                ? BOUNDS_NANOS[i] / NANOS_PER_SECOND
                : Double.POSITIVE_INFINITY);
    return bounds;
  }
}
