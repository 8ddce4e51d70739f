// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

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

  // Written out, because the code that a record has for it is made at each start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnnotationHash(long w0, long w1, long w2, long w3)
        && word0 == w0
        && word1 == w1
        && word2 == w2
        && word3 == w3;
  }

  /** Any word of a hash is as good as the whole: the default would mix all four for nothing. */
  @Override
  public int hashCode() {
    return Long.hashCode(word0);
  }
}
