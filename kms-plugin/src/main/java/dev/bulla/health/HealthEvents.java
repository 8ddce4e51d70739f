// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.KekException;
import java.time.Duration;
import java.util.Optional;

/** What the health of KEKs tells whoever logs and counts. Methods must not block or throw. */
public interface HealthEvents {
  /** A KEK's phase changed; {@code why} is the last failure, empty if the last call succeeded. */
  void phaseChanged(String kekName, Phase before, Phase after, Optional<KekException> why);

  /** A KEK that nothing came of since the start has failed, or fails in another way than before. */
  default void stillCold(String kekName, KekException why) {}

  /**
   * A call to a KEK has ended; not told of calls that the circuit kept back.
   *
   * @param requestId the service's own id of a request that failed, or empty
   */
  default void kekCalled(
      String kekName, KekCall call, CallOutcome outcome, String requestId, Duration took) {}
}
