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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Another KEK, whose unwrap throws what no KEK may throw, while there is something to throw. */
record BrokenKek(Kek kek, AtomicReference<@Nullable Throwable> unwrapThrows) implements Kek {
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
    return switch (unwrapThrows.get()) {
      case RuntimeException defect -> throw defect;
      case Error defect -> throw defect;
      case null, default -> kek.unwrap(wrapped, deadline);
    };
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
