// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the calls to a KEK. Thread-safe. */
final class CountingKek implements Kek {
  private final Kek kek;
  private final AtomicLong calls = new AtomicLong();

  CountingKek(Kek kek) {
    this.kek = kek;
  }

  long calls() {
    return calls.get();
  }

  @Override
  public KekIdentity identity() {
    return kek.identity();
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    calls.incrementAndGet();
    return kek.wrap(master, version, deadline);
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    calls.incrementAndGet();
    return kek.unwrap(wrapped, deadline);
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    calls.incrementAndGet();
    return kek.describe(deadline);
  }

  @Override
  public void close() {
    kek.close();
  }
}
