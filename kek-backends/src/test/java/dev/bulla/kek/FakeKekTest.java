// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.time.Instant;
import java.util.Optional;

/** The contract on the fake: what later tests rest on it is only worth as much as this. */
final class FakeKekTest extends KekContract {
  private final FakeKek key = new FakeKek(KekType.TRANSIT, "first", "contract");
  private int rotations;

  @Override
  protected Kek open() {
    key.clock(Optional.of(Instant.now()));
    return key;
  }

  @Override
  protected Kek openForOtherScope() {
    return key.forScope("other");
  }

  @Override
  protected Kek openOtherKey() {
    return new FakeKek(KekType.TRANSIT, "second", "contract");
  }

  @Override
  protected void rotate() {
    key.rotate(Instant.EPOCH.plusSeconds(++rotations));
  }

  @Override
  protected Optional<String> inject(Fault fault) {
    key.fail(fault);
    return Optional.empty();
  }
}
