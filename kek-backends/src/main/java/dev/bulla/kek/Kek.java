// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.Optional;

/**
 * A key encryption key, held by somebody else. Thread-safe. Each call may block until its deadline,
 * ends no later than shortly after it, and ends early when the thread is interrupted (as {@link
 * KekException.Unavailable}, with the interrupt flag set again).
 *
 * <p>A KEK is opened for one scope, which it binds into every wrap: it does not unwrap what was
 * wrapped for another. After {@link #close()} every call fails with {@link
 * KekException.Unavailable}.
 */
public interface Kek extends AutoCloseable {
  /** Size of what a KEK wraps: the master of a DEK, in bytes (design §4). */
  int MASTER_BYTES = 32;

  /** Returns which key this is, from memory: no call is made. */
  KekIdentity identity();

  /**
   * Wraps {@code master} under {@code version}, or, where the service always wraps under its
   * current version, under that.
   *
   * @param master {@value #MASTER_BYTES} bytes; stays the caller's, who wipes it
   * @return the blob and the version that really wrapped it
   * @throws KekException if the KEK did not wrap; a blob that was made is not returned
   */
  WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline) throws KekException;

  /**
   * Unwraps {@code wrapped}.
   *
   * @return the master, {@value #MASTER_BYTES} bytes; the caller owns and closes it
   * @throws KekException.Rejected if this KEK did not make the blob, or it was altered
   * @throws KekException if the KEK did not unwrap for another reason
   */
  KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException;

  /**
   * Asks the service what the key is and may do. A key that is disabled or about to be deleted is
   * described, not thrown; one that is gone or made anew is {@link KekException.Revoked}.
   */
  KekDescription describe(Deadline deadline) throws KekException;

  /**
   * Returns when the credentials in use expire, from memory; empty if they do not, or none were
   * used yet.
   */
  default Optional<Instant> credentialsExpireAt() {
    return Optional.empty();
  }

  /** Releases connections and forgets credentials. May be called again. */
  @Override
  void close();
}
