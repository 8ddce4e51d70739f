// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.UnwrapResult;
import dev.bulla.health.CallOutcome;
import dev.bulla.health.KekCall;
import dev.bulla.ops.Families.Sample;
import dev.bulla.service.Rpc;
import io.grpc.Status;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The families of what was counted. */
final class CountFamilies {
  /** Codes that are shown before they were seen, so that the first one is seen to be one. */
  private static final Set<Status.Code> USUAL =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.UNAVAILABLE,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.INTERNAL);

  private CountFamilies() {}

  static void add(Counts counts, Families to) {
    rpcs(counts, to);
    kekCalls(counts, to);
    unwraps(counts, to);
    to.counter(
        "bulla_connections_rejected",
        "Connections closed before a byte was read: a uid that is not allowed, or too many.",
        (double) counts.rejectedConnections.sum());
    to.counter(
        "bulla_dek_adoptions",
        "DEKs that were proved and put to use.",
        (double) counts.adoptedDeks.sum());
    to.counter(
        "bulla_dek_failures",
        "Attempts to make a DEK that failed.",
        (double) counts.failedDeks.sum());
    to.counter(
        "bulla_deks_erased",
        "DEKs erased because no KEK vouched for them.",
        (double) counts.erasedDeks.sum());
    to.counter(
        "bulla_suspensions",
        "How often the machine was found to have been suspended.",
        (double) counts.suspensions.sum());
    to.counter(
        "bulla_defects",
        "Defects of a backend; each is in the log.",
        (double) counts.defects.sum());
  }

  private static void rpcs(Counts counts, Families to) {
    List<HistogramDataPointSnapshot> points = new ArrayList<>();
    for (Rpc rpc : Rpc.values()) {
      for (Status.Code code : Status.Code.values()) {
        Latencies calls = counts.rpcs(rpc, code);
        if (USUAL.contains(code) || !calls.isEmpty()) {
          points.add(calls.snapshot(Labels.of("method", method(rpc), "code", code.name())));
        }
      }
    }
    to.histograms(
        "bulla_rpc_duration_seconds",
        "Calls of KMS v2, from the beginning of the work to the end of the answer.",
        points);
  }

  private static String method(Rpc rpc) {
    return switch (rpc) {
      case STATUS -> "Status";
      case ENCRYPT -> "Encrypt";
      case DECRYPT -> "Decrypt";
    };
  }

  private static void kekCalls(Counts counts, Families to) {
    List<HistogramDataPointSnapshot> points = new ArrayList<>();
    counts
        .keks()
        .forEach(
            (name, kek) -> {
              for (KekCall call : KekCall.values()) {
                for (CallOutcome outcome : CallOutcome.values()) {
                  Latencies calls = kek.at(call, outcome);
                  if (outcome == CallOutcome.OK || !calls.isEmpty()) {
                    points.add(
                        calls.snapshot(
                            Labels.of(
                                "kek", name, "operation", text(call), "outcome", text(outcome))));
                  }
                }
              }
            });
    to.histograms(
        "bulla_kek_call_duration_seconds", "Calls to a KEK, by what came of them.", points);
  }

  private static void unwraps(Counts counts, Families to) {
    to.counter(
        "bulla_cache_hits",
        "Decrypts whose DEK was in memory; of the first 15 s some 22,000 are the plugin's own.",
        (double) counts.cacheHits.sum());
    to.counter(
        "bulla_cache_misses",
        "Decrypts that waited for the unwrap of a DEK.",
        (double) counts.cacheMisses.sum());
    to.counter(
        "bulla_unwraps_shared",
        "Waits for an unwrap that was under way already.",
        (double) counts.sharedUnwraps.sum());
    to.counters(
        "bulla_unwraps",
        "Unwraps of DEKs that were not in memory, by their result.",
        Arrays.stream(UnwrapResult.values())
            .map(result -> Sample.of((double) counts.unwraps(result), "result", text(result)))
            .toList());
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
