// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What Status told on one connection: an Encrypt that follows soon uses the same, so that the two
 * ids that the API server compares never differ. One for each connection. Thread-safe.
 */
public final class Told {
  /** How long a Status binds: kube-apiserver's Encrypt follows within its timeout of 3 s. */
  static final Duration BINDS_FOR = Duration.ofSeconds(10);

  private record At(Snapshot snapshot, long nanos) {}

  private volatile @Nullable At last;

  /** Nothing was told yet. */
  public Told() {
    last = null;
  }

  void status(Snapshot snapshot, long nowNanos) {
    last = new At(snapshot, nowNanos);
  }

  /**
   * Returns what an Encrypt uses: what was told while that binds, otherwise {@code current}. Null
   * if what binds was erased: then the caller must ask Status again.
   */
  @Nullable Snapshot choose(Snapshot current, long nowNanos) {
    At told = last;
    if (told == null
        || told.snapshot.keyId().equals(current.keyId())
        || nowNanos - told.nanos >= BINDS_FOR.toNanos()) {
      return current;
    }
    return told.snapshot.dek().isErased() ? null : told.snapshot;
  }
}
