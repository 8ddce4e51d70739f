// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

/** Whether seeds can be sealed: what Status answers, from memory. */
public sealed interface WriteState {
  /** Encrypt works, and returns this key_id. */
  record Ready(KeyId keyId) implements WriteState {}

  /** Encrypt does not work, for this reason. */
  record NotReady(Obstacle obstacle) implements WriteState {}
}
