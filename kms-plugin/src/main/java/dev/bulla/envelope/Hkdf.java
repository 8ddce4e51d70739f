// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF-Expand with SHA-256 (RFC 5869, section 2.3). There is no extract step: what it expands is a
 * uniformly random key already.
 */
final class Hkdf {
  /** Most bytes it gives: 255 blocks of SHA-256 (RFC 5869, section 2.3). */
  static final int MAX_BYTES = 255 * Sha256.BYTES;

  private Hkdf() {}

  /**
   * Derives {@code size} bytes from {@code key}, for the purpose that {@code info} names.
   *
   * @param key stays the caller's; the JDK keeps a copy until it is collected
   * @param size 1 to {@link #MAX_BYTES}
   * @return a fresh array, the caller's to wipe
   */
  static byte[] expand(byte[] key, byte[] info, int size) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.expandOnly(new SecretKeySpec(key, "HKDF-SHA256"), info, size));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF-SHA256 of JDK 25 failed", e);
    }
  }
}
