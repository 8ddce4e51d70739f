// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.HealthEvents;
import dev.bulla.kek.KekException;
import java.time.Duration;

/** What the envelope tells whoever logs and counts. Methods must not block or throw. */
public interface EnvelopeEvents extends HealthEvents {
  /** A DEK was proved and seals from now on; {@code partial}, if a recovery KEK is missing. */
  void dekAdopted(KeyId keyId, boolean partial);

  /** DEKs were erased from memory, because no KEK vouches for them any more. */
  void erased(int deks);

  /** The machine was suspended for so long. */
  void resumed(Duration gap);

  /** Unwrapping what was noted before this start has ended. */
  void rewarmed(int unwrapped, int refused);

  /** No DEK could be made; it is tried again by itself. */
  void dekFailed(String kekName, KekException why);

  /** A backend threw what it must not throw; the work is tried again. Log it with its stack. */
  void defect(RuntimeException what);

  /** The background work has ended, for the process is stopping. */
  void stopped();
}
