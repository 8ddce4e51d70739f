// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.HealthEvents;
import dev.bulla.kek.KekException;
import java.time.Duration;

/**
 * What the envelope tells whoever logs and counts. Methods must not block or throw; those that an
 * event loop calls for each Decrypt must not allocate either.
 */
public interface EnvelopeEvents extends HealthEvents {
  /** As {@link #dekAdopted}, told before it, with the DEK's name. */
  default void dekMade(Bytes annotationSha256, KeyId keyId, boolean partial) {}

  /** A DEK was proved and seals from now on; {@code partial}, if a recovery KEK is missing. */
  void dekAdopted(KeyId keyId, boolean partial);

  /** DEKs were erased from memory, because no KEK vouches for them any more. */
  void erased(int deks);

  /** The machine was suspended for so long. */
  void resumed(Duration gap);

  /** Unwrapping what was noted before this start has ended. */
  void rewarmed(int unwrapped, int refused);

  /** A Decrypt found its DEK in memory; told for each, on the caller's thread. */
  default void cacheHit() {}

  /** A Decrypt did not find its DEK in memory, and waits for an unwrap; on the caller's thread. */
  default void cacheMissed() {}

  /** Somebody waits for an unwrap that was under way already. */
  default void unwrapShared() {}

  /**
   * An unwrap of a DEK has ended, or was not begun; {@code annotationSha256} names the DEK, and is
   * no secret.
   */
  default void unwrapEnded(Bytes annotationSha256, UnwrapResult result) {}

  /** No DEK could be made; it is tried again by itself. */
  void dekFailed(String kekName, KekException why);

  /**
   * A backend threw what it must not throw, something else had a defect, or a class cannot be
   * loaded; the work is tried again. Log it with its stack.
   */
  void defect(Throwable what);
}
