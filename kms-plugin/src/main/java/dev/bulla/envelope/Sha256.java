// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4), 32 bytes. */
final class Sha256 {
  static final int BYTES = 32;

  /** One for each thread, reset by each use: a new one is more garbage than the rest of a hit. */
  private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::digest);

  private Sha256() {}

  static byte[] of(byte[] data) {
    return DIGEST.get().digest(data);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }
}
