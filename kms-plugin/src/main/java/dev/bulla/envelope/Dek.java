// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.util.Bytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A DEK in memory, with the annotation that carries its wrapped form. Every seal and open is bound
 * to that annotation. The raw key lives only inside the AEAD, which {@link #erase()} drops.
 * Thread-safe.
 */
final class Dek {
  private volatile @Nullable Aead aead;
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

  /**
   * Drops the key: nothing seals or opens any more, except what is under way. Copies of it stay in
   * the free heap until they are overwritten. May be called again.
   */
  void erase() {
    aead = null;
  }

  boolean isErased() {
    return aead == null;
  }

  /**
   * Seals {@code plaintext} under a fresh random nonce; returns suite(1) nonce(12) ct tag(16).
   *
   * @throws IllegalStateException if the DEK was erased
   */
  byte[] seal(byte[] plaintext, KeyId keyId) {
    Aead key = aead;
    if (key == null) {
      throw new IllegalStateException("the DEK was erased");
    }
    try {
      byte[] aad = associatedData.of(keyId.text(), annotationHash.bytes());
      byte[] sealed = key.encrypt(plaintext, aad);
      byte[] out = new byte[1 + sealed.length];
      out[0] = Suite.AES_256_GCM;
      System.arraycopy(sealed, 0, out, 1, sealed.length);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM refused a plaintext of bounded size", e);
    }
  }

  /**
   * Opens what {@link #seal} gave; empty if this DEK did not seal it so, it was altered, or the DEK
   * was erased.
   */
  Optional<byte[]> open(byte[] ciphertext, String keyId) {
    Aead key = aead;
    if (key == null) {
      return Optional.empty();
    }
    if (ciphertext.length <= Suite.OVERHEAD_BYTES || ciphertext[0] != Suite.AES_256_GCM) {
      return Optional.empty();
    }
    try {
      byte[] aad = associatedData.of(keyId, annotationHash.bytes());
      byte[] sealed = Arrays.copyOfRange(ciphertext, 1, ciphertext.length);
      return Optional.of(key.decrypt(sealed, aad));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
