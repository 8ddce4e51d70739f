// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.util.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A DEK in memory, with the annotation that carries its wrapped form. Every seal and open is bound
 * to that annotation. The raw key lives only inside the AEAD. Immutable, thread-safe.
 */
final class Dek {
  private final Aead aead;
  private final AssociatedData associatedData;
  private final Bytes annotation;
  private final AnnotationHash annotationHash;

  Dek(Aead aead, AssociatedData associatedData, Bytes annotation) {
    this.aead = aead;
    this.associatedData = associatedData;
    this.annotation = annotation;
    this.annotationHash = AnnotationHash.of(annotation.toByteArray());
  }

  Bytes annotation() {
    return annotation;
  }

  AnnotationHash annotationHash() {
    return annotationHash;
  }

  /** Seals {@code plaintext} under a fresh random nonce; returns suite(1) nonce(12) ct tag(16). */
  byte[] seal(byte[] plaintext, KeyId keyId) {
    try {
      byte[] aad = associatedData.of(keyId.text(), annotationHash.bytes());
      byte[] sealed = aead.encrypt(plaintext, aad);
      byte[] out = new byte[1 + sealed.length];
      out[0] = Suite.AES_256_GCM;
      System.arraycopy(sealed, 0, out, 1, sealed.length);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM refused a plaintext of bounded size", e);
    }
  }

  /** Opens what {@link #seal} gave; empty if this DEK did not seal it so, or it was altered. */
  Optional<byte[]> open(byte[] ciphertext, String keyId) {
    if (ciphertext.length <= Suite.OVERHEAD_BYTES || ciphertext[0] != Suite.AES_256_GCM) {
      return Optional.empty();
    }
    try {
      byte[] aad = associatedData.of(keyId, annotationHash.bytes());
      byte[] sealed = Arrays.copyOfRange(ciphertext, 1, ciphertext.length);
      return Optional.of(aead.decrypt(sealed, aad));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
