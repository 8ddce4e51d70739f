// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

/**
 * The one sealing suite of envelope version 1: AES-256-GCM with a random 96-bit nonce and a 128-bit
 * tag. 0x02 is reserved for XAES-256-GCM (design §4).
 */
final class Suite {
  static final byte AES_256_GCM = 0x01;
  static final int KEY_BYTES = 32;
  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;

  /** What a ciphertext has beyond its plaintext: suite, nonce and tag. */
  static final int OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

  private Suite() {}
}
