// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

/** What a KEK is asked to do. */
public enum KekCall {
  /** Wrap a new DEK. */
  WRAP,
  /** Unwrap a DEK: for a caller, for a restart, as proof, or to confirm the KEK. */
  UNWRAP,
  /** Say what it is and may do. */
  DESCRIBE
}
