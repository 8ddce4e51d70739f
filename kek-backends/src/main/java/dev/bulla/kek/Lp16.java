// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * LP16 of design §4: a 2-byte big-endian length, then the bytes. What is so framed cannot be
 * confused.
 */
public final class Lp16 {
  private static final int MAX_BYTES = 0xFFFF;

  private Lp16() {}

  /**
   * Frames {@code text} in UTF-8.
   *
   * @throws IllegalArgumentException if it has more than 65,535 bytes
   */
  public static byte[] of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Frames {@code bytes}, which stay the caller's.
   *
   * @throws IllegalArgumentException if there are more than 65,535
   */
  public static byte[] of(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("too long for a 16-bit length: " + bytes.length);
    }
    byte[] length = {(byte) (bytes.length >>> 8), (byte) bytes.length};
    return join(length, bytes);
  }

  /** Joins fields that are framed already, or whose length is fixed. */
  public static byte[] join(byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.writeBytes(field);
    }
    return out.toByteArray();
  }
}
