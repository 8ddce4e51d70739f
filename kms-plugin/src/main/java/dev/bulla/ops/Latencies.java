// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

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

  private static final double[] BOUNDS_SECONDS =
      Stream.concat(
              Arrays.stream(BOUNDS_NANOS).mapToObj(nanos -> nanos / NANOS_PER_SECOND),
              Stream.of(Double.POSITIVE_INFINITY))
          .mapToDouble(Double::doubleValue)
          .toArray();

  private final LongAdder[] counts =
      Stream.generate(LongAdder::new).limit(BOUNDS_SECONDS.length).toArray(LongAdder[]::new);
  private final LongAdder sumNanos = new LongAdder();

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
        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, now))
        .sum(sumNanos.sum() / NANOS_PER_SECOND)
        .build();
  }
}
