// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

/** The calls of KMS v2. */
public enum Rpc {
  /** Whether Encrypt works, and under which key_id. */
  STATUS,
  /** Seals a seed. */
  ENCRYPT,
  /** Opens what was sealed. */
  DECRYPT
}
