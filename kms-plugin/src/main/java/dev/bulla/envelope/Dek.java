// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.OutageLimits;
import dev.bulla.health.OwnKey;
import dev.bulla.kek.KeyMaterial;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A DEK in memory, with the annotation that carries its wrapped form. Every seal and open is bound
 * to that annotation. The raw key lives only inside the AEAD, until it is erased. Thread-safe.
 */
final class Dek {
  private volatile @Nullable Aead aead;
  private final AssociatedData associatedData;
  private final Bytes annotation;
  private final AnnotationHash annotationHash;
  private final byte[] hashBytes;
  private final List<KekMember> keks;
  private final boolean partial;

  /** {@code keks} are the configured ones that can unwrap it. */
  Dek(Aead aead, AssociatedData associatedData, Bytes annotation, List<KekMember> keks) {
    this.aead = aead;
    this.associatedData = associatedData;
    this.annotation = annotation;
    this.annotationHash = AnnotationHash.of(annotation.toByteArray());
    this.hashBytes = annotationHash.bytes();
    this.keks = List.copyOf(keks);
    this.partial = DekRecord.parse(annotation.toByteArray()).map(DekRecord::partial).orElse(false);
  }

  /** Returns whether one of its KEKs lets it open at {@code nowNanos}. */
  boolean mayOpen(long nowNanos, OutageLimits limits) {
    for (KekMember member : keks) {
      if (member.kek().health().mayOpen(nowNanos, limits)) {
        return true;
      }
    }
    return false;
  }

  boolean isWrappedBy(KekMember member) {
    return keks.contains(member);
  }

  /**
   * Returns what {@code member} wrapped of it.
   *
   * @param commits whether a master is the one that a record commits to
   */
  Optional<OwnKey> wrappedBy(KekMember member, BiPredicate<DekRecord, KeyMaterial> commits) {
    return DekRecord.parse(annotation.toByteArray())
        .flatMap(record -> ownKey(record, member, commits));
  }

  private static Optional<OwnKey> ownKey(
      DekRecord record, KekMember member, BiPredicate<DekRecord, KeyMaterial> commits) {
    return record.recipients().stream()
        .filter(member::made)
        .map(each -> new OwnKey(each.wrapped(), master -> commits.test(record, master)))
        .findFirst();
  }

  /** Returns whether a recovery KEK is missing. */
  boolean isPartial() {
    return partial;
  }

  /**
   * Lets go of the key: neither seals nor opens from now on, whoever still holds this object. Bytes
   * stay in the free heap until they are overwritten.
   */
  void erase() {
    aead = null;
  }

  boolean isErased() {
    return aead == null;
  }

  Bytes annotation() {
    return annotation;
  }

  AnnotationHash annotationHash() {
    return annotationHash;
  }

  /**
   * Seals {@code plaintext} under a fresh random nonce; returns suite(1) nonce(12) ct tag(16), or
   * null if this DEK was erased.
   */
  byte @Nullable [] seal(byte[] plaintext, KeyId keyId) {
    Aead key = aead;
    if (key == null) {
      return null;
    }
    try {
      byte[] aad = associatedData.of(keyId.text(), hashBytes);
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
   * Opens what {@link #seal} gave; empty if this DEK did not seal it so, it was altered, or this
   * DEK was erased.
   */
  Optional<byte[]> open(byte[] ciphertext, String keyId) {
    Aead key = aead;
    if (key == null
        || ciphertext.length <= Suite.OVERHEAD_BYTES
        || ciphertext[0] != Suite.AES_256_GCM) {
      return Optional.empty();
    }
    try {
      byte[] aad = associatedData.of(keyId, hashBytes);
      byte[] sealed = Arrays.copyOfRange(ciphertext, 1, ciphertext.length);
      return Optional.of(key.decrypt(sealed, aad));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
