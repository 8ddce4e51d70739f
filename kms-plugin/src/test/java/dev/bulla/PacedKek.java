// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A KEK that takes 20 ms for an unwrap and begins 500 of them a second, counts them by what they
 * unwrap, and how many are under way. Thread-safe.
 */
public final class PacedKek implements Kek {
  private static final long LATENCY_NANOS = Duration.ofMillis(20).toNanos();
  private static final long PACE_NANOS = Duration.ofMillis(2).toNanos();

  private final Kek kek;
  private final Map<Bytes, Integer> unwraps = new ConcurrentHashMap<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

  /** Slows {@code kek} down. */
  public PacedKek(Kek kek) {
    this.kek = kek;
  }

  /** Returns how often these were unwrapped, in all. */
  int unwraps(Collection<Bytes> blobs) {
    return blobs.stream().mapToInt(blob -> unwraps.getOrDefault(blob, 0)).sum();
  }

  /** Returns how many unwraps were under way at once, at most. */
  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  void forget() {
    unwraps.clear();
  }

  @Override
  public KekIdentity identity() {
    return kek.identity();
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    return kek.wrap(master, version, deadline);
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    unwraps.merge(wrapped.blob(), 1, Integer::sum);
    mostAtOnce.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      awaitTurn();
      return kek.unwrap(wrapped, deadline);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private void awaitTurn() {
    long now = System.nanoTime();
    long turn = nextNanos.getAndUpdate(next -> Math.max(next, now) + PACE_NANOS);
    long end = Math.max(turn, now) + LATENCY_NANOS;
    for (long left = end - now; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    return kek.describe(deadline);
  }

  @Override
  public void close() {
    kek.close();
  }
}
