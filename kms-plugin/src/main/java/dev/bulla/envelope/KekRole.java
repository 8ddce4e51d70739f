// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

/** What a KEK is configured for. */
public enum KekRole {
  /** Wraps every DEK; its version drives key_id. Exactly one KEK has this role. */
  WRITE,
  /** Every DEK is wrapped to it as well, so that it can unwrap when the first cannot. */
  RECOVERY,
  /** Only unwraps what it wrapped under an earlier configuration. */
  DECRYPT
}
