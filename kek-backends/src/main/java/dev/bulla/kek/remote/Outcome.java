// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.kek.KekException;

/** How one attempt ended. */
sealed interface Outcome<T> {
  /** With an answer of the endpoint of that index. */
  record Answer<T>(T value, int endpoint) implements Outcome<T> {}

  /** With a failure of the endpoint of that index. */
  record Failure<T>(KekException why, Attempt<?, T> attempt, int endpoint) implements Outcome<T> {}
}
