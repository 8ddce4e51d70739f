// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.Bytes;
import com.google.crypto.tink.util.SecretBytes;
import dev.bulla.kek.Hkdf;
import dev.bulla.kek.KeyMaterial;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * What comes out of a master: the sealing key, which lives only inside a Tink AEAD, and the
 * commitment, which is public and ties an envelope to one master (AES-GCM alone does not commit to
 * its key). Two labels, so that no key serves two purposes. Immutable, thread-safe.
 */
final class KeyDerivation {
  private final byte[] sealInfo;
  private final byte[] commitInfo;

  KeyDerivation(String scope) {
    this.sealInfo = info("bulla/v1/seal", scope);
    this.commitInfo = info("bulla/v1/commit", scope);
  }

  private static byte[] info(String label, String scope) {
    return new FieldWriter().ascii(label).u8(Suite.AES_256_GCM).lp16(scope).toByteArray();
  }

  Bytes commitment(KeyMaterial master) {
    return Bytes.copyFrom(Hkdf.expand(master.bytes(), commitInfo, Sha256.BYTES));
  }

  Aead aead(KeyMaterial master) {
    byte[] key = Hkdf.expand(master.bytes(), sealInfo, Suite.KEY_BYTES);
    try {
      return aesGcm(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Returns an AEAD over {@code key}, which it copies: nonce(12) ct tag(16), a fresh nonce a call.
   */
  @AccessesPartialKey
  static Aead aesGcm(byte[] key) {
    try {
      AesGcmParameters parameters =
          AesGcmParameters.builder()
              .setKeySizeBytes(Suite.KEY_BYTES)
              .setIvSizeBytes(Suite.NONCE_BYTES)
              .setTagSizeBytes(Suite.TAG_BYTES)
              .setVariant(AesGcmParameters.Variant.NO_PREFIX)
              .build();
      return AesGcmJce.create(
          AesGcmKey.builder()
              .setParameters(parameters)
              .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
              .build());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is not available in this Java runtime", e);
    }
  }
}
