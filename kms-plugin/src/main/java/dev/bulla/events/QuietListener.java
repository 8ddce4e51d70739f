// SPDX-License-Identifier: Apache-2.0
package dev.bulla.events;

import dev.bulla.envelope.KeyId;
import dev.bulla.health.Phase;
import dev.bulla.kek.KekException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Does nothing with what it is told: for listeners that care for a few events. */
public abstract class QuietListener implements PluginEvents {
  /** For subclasses. */
  protected QuietListener() {}

  @Override
  public void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why) {}

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
  public void defect(Throwable what) {}

  @Override
  public void waiting(String endpoint, String owner) {}

  @Override
  public void published(String endpoint) {}

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {}

  @Override
  public void notRecorded(IOException why) {}

  @Override
  public void pathRestored(String endpoint) {}

  @Override
  public void pathLost(String endpoint, String why) {}

  @Override
  public void notLetGo(IOException why) {}

  @Override
  public void unreadable(int records, String why) {}

  @Override
  public void notWritten(IOException why) {}

  @Override
  public void writtenAgain() {}
}
