// SPDX-License-Identifier: Apache-2.0
package dev.bulla.service;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a request's field without a copy of them: a plaintext is on the heap once less, and
 * a Decrypt makes a tenth less garbage. For one field, on one thread.
 */
final class RawBytes extends ByteOutput {
  private byte[] array = new byte[0];

  private RawBytes() {}

  /** Returns the field's own array: to be read, not written to. */
  static byte[] of(ByteString field) {
    try {
      RawBytes raw = new RawBytes();
      UnsafeByteOperations.unsafeWriteTo(field, raw);
      return raw.array.length == field.size() ? raw.array : field.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is written anywhere", e);
    }
  }

  @Override
  public void writeLazy(byte[] value, int offset, int length) {
    array =
        offset == 0 && length == value.length
            ? value
            : Arrays.copyOfRange(value, offset, offset + length);
  }

  @Override
  public void write(byte[] value, int offset, int length) {
    array = Arrays.copyOfRange(value, offset, offset + length);
  }

  @Override
  public void write(byte value) {
    array = new byte[] {value};
  }

  @Override
  public void write(ByteBuffer value) {
    array = new byte[value.remaining()];
    value.get(array);
  }

  @Override
  public void writeLazy(ByteBuffer value) {
    write(value);
  }
}
