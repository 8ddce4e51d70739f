// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.Lp16;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the fields of design §4: big-endian integers, LP16(x) = 2-byte length and x. Not
 * thread-safe.
 */
final class FieldWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(192);

  FieldWriter ascii(String label) {
    return raw(label.getBytes(StandardCharsets.US_ASCII));
  }

  FieldWriter raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  FieldWriter u8(int value) {
    out.write(value);
    return this;
  }

  FieldWriter u32(long value) {
    if (value < 0 || value > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("not an unsigned 32-bit number: " + value);
    }
    return u8((int) (value >>> 24))
        .u8((int) (value >>> 16))
        .u8((int) (value >>> 8))
        .u8((int) value);
  }

  FieldWriter lp16(byte[] bytes) {
    return raw(Lp16.of(bytes));
  }

  FieldWriter lp16(String text) {
    return raw(Lp16.of(text));
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }
}
