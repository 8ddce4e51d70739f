// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.nio.ByteBuffer;

/**
 * The SHA-256 of an annotation's value: the name of a DEK in the cache, and a part of its
 * associated data. Four words rather than an array, so that it compares and hashes by value.
 */
record AnnotationHash(long word0, long word1, long word2, long word3) {
  static AnnotationHash of(byte[] annotation) {
    ByteBuffer words = ByteBuffer.wrap(Sha256.of(annotation));
    return new AnnotationHash(words.getLong(), words.getLong(), words.getLong(), words.getLong());
  }

  byte[] bytes() {
    return ByteBuffer.allocate(Sha256.BYTES)
        .putLong(word0)
        .putLong(word1)
        .putLong(word2)
        .putLong(word3)
        .array();
  }

  /** Any word of a hash is as good as the whole: the default would mix all four for nothing. */
  @Override
  public int hashCode() {
    return Long.hashCode(word0);
  }
}
