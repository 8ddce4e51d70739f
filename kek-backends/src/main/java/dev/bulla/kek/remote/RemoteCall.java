// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;

/**
 * One attempt of a call.
 *
 * @param <E> an endpoint
 * @param <T> the answer; a key that comes too late for its caller is wiped
 */
@FunctionalInterface
public interface RemoteCall<E, T> {
  /** Asks {@code endpoint} once; blocks, heeds interrupts, and ends near the deadline. */
  T on(E endpoint, Deadline deadline) throws KekException;
}
