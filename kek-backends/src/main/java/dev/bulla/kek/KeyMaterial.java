// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;

/**
 * Secret key bytes: the one type that carries them, with one door, {@link #bytes()}, so that a
 * search for its callers finds every place that touches a raw key.
 *
 * <p>It has no {@code equals}, {@code hashCode} or telling {@code toString}. {@link #close()} wipes
 * the array it holds; copies that the JVM made when it moved the array, and copies that a cipher
 * made, stay in the heap until they are overwritten. Not thread-safe: one owner at a time.
 */
public final class KeyMaterial implements AutoCloseable {
  /** Most bytes a key may have: 64, twice the largest key that Bulla uses. */
  public static final int MAX_BYTES = 64;

  private final byte[] bytes;
  private boolean closed;

  private KeyMaterial(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes ownership of {@code bytes}: the caller must not touch the array again, and {@link
   * #close()} wipes it.
   *
   * @throws IllegalArgumentException if there are none, or more than {@value #MAX_BYTES}
   */
  public static KeyMaterial adopt(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    if (bytes.length < 1 || bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("key material must have 1 to " + MAX_BYTES + " bytes");
    }
    return new KeyMaterial(bytes);
  }

  /**
   * Returns the live array. It stays this object's: read it, hand it to a cipher, do not keep it.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("the key material was wiped");
    }
    return bytes;
  }

  /** Returns the number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Compares in constant time; a wiped key equals nothing. */
  public boolean sameAs(KeyMaterial other) {
    return !closed && !other.closed && MessageDigest.isEqual(bytes, other.bytes);
  }

  /** Overwrites the array with zeros. May be called again. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "KeyMaterial(" + bytes.length + " bytes)";
  }
}
