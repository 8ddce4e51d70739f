// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A KEK whose unwraps take a while, and which counts how many are under way. */
final class SlowKek implements Kek {
  private final Kek kek;
  private final Duration time;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  SlowKek(Kek kek, Duration time) {
    this.kek = kek;
    this.time = time;
  }

  /** Returns how many unwraps were under way at once, at most. */
  int most() {
    return most.get();
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
    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      LockSupport.parkNanos(time.toNanos());
      return kek.unwrap(wrapped, deadline);
    } finally {
      underWay.decrementAndGet();
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
