// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4), 32 bytes. */
final class Sha256 {
  static final int BYTES = 32;

  private Sha256() {}

  static byte[] of(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }
}
