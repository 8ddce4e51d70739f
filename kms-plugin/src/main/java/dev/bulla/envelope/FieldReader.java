// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.Arrays;

/**
 * Reads what {@link FieldWriter} writes, from bytes that somebody else may have made. It never
 * throws: a read past the end or beyond its bounds gives zeros, and {@link #failed()} says so from
 * then on. Not thread-safe.
 */
final class FieldReader {
  private static final byte[] NONE = new byte[0];

  private final byte[] bytes;
  private int position;
  private boolean failed;

  FieldReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean failed() {
    return failed;
  }

  boolean atEnd() {
    return !failed && position == bytes.length;
  }

  int u8() {
    return has(1) ? bytes[position++] & 0xFF : 0;
  }

  long u32() {
    return (long) u8() << 24 | (long) u8() << 16 | (long) u8() << 8 | u8();
  }

  byte[] raw(int size) {
    if (!has(size)) {
      return new byte[size];
    }
    position += size;
    return Arrays.copyOfRange(bytes, position - size, position);
  }

  byte[] lp16(int minBytes, int maxBytes) {
    int size = u8() << 8 | u8();
    if (size < minBytes || size > maxBytes) {
      failed = true;
    }
    return failed ? NONE : has(size) ? raw(size) : NONE;
  }

  private boolean has(int size) {
    failed |= bytes.length - position < size;
    return !failed;
  }
}
