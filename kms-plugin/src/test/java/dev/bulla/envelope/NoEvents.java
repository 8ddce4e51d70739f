// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Listens to nothing, but for defects: none is expected, unless it is told who takes them. */
record NoEvents(Consumer<Throwable> defects) implements EnvelopeEvents {
  NoEvents() {
    this(
        what -> {
          throw new AssertionError("a defect", what);
        });
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {}

  @Override
  public void dekFailed(String kekName, KekException why) {}

  @Override
  public void erased(int deks) {}

  @Override
  public void resumed(Duration gap) {}

  @Override
  public void rewarmed(int unwrapped, int refused) {}

  @Override
  public void phaseChanged(String name, Phase before, Phase after, Optional<KekException> why) {}

  @Override
  public void defect(Throwable what) {
    defects.accept(what);
  }
}
