// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import java.time.Duration;
import java.util.Optional;

/** Listens to nothing, but for defects. */
final class NoEvents implements EnvelopeEvents {
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
  public void defect(RuntimeException what) {
    throw what;
  }
}
