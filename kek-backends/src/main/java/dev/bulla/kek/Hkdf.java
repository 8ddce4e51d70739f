// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF-Expand with SHA-256 (RFC 5869, section 2.3). There is no extract step: what it expands is a
 * uniformly random key already. Thread-safe.
 */
public final class Hkdf {
  private static final String NAME = "HKDF-SHA256";
  private static final int HASH_BYTES = 32;

  /** Most bytes it gives: 255 blocks of SHA-256 (RFC 5869, section 2.3). */
  public static final int MAX_BYTES = 255 * HASH_BYTES;

  private Hkdf() {}

  /**
   * Derives {@code size} bytes from {@code key}, for the purpose that {@code info} names.
   *
   * @param key stays the caller's; the JDK keeps a copy until it is collected
   * @param size 1 to {@link #MAX_BYTES}
   * @return a fresh array, the caller's to wipe
   * @throws IllegalArgumentException if {@code size} is another
   */
  public static byte[] expand(byte[] key, byte[] info, int size) {
    if (size < 1 || size > MAX_BYTES) {
      throw new IllegalArgumentException("HKDF gives 1 to " + MAX_BYTES + " bytes: " + size);
    }
    try {
      return kdf()
          .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(key, NAME), info, size));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF-SHA256 of JDK 25 failed", e);
    }
  }

  // Without a provider, KDF sets up each one that the runtime lists, to have a second choice: 40 ms
  // of a start. The one that has the HMAC is asked first.
  private static KDF kdf() throws GeneralSecurityException {
    Provider first = Mac.getInstance("HmacSHA256").getProvider();
    return first.getService("KDF", NAME) == null
        ? KDF.getInstance(NAME)
        : KDF.getInstance(NAME, first);
  }
}
