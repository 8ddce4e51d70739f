// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The bytes of version 1: see the package's description. */
final class RecordFormat {
  private static final String HEADER = "bulla-journal 1\n";

  static final int HEADER_BYTES = HEADER.length();
  static final int LENGTH_BYTES = Short.BYTES;
  static final int CHECKSUM_BYTES = Integer.BYTES;

  /** What a record takes besides its own bytes. */
  static final int OVERHEAD_BYTES = LENGTH_BYTES + CHECKSUM_BYTES;

  /** More than the owner lets a file hold: at this many it is compacted. */
  static final int MOST_FILE_RECORDS = 2 * Journal.MOST_RECORDS;

  static final long MOST_FILE_BYTES =
      HEADER_BYTES + (long) MOST_FILE_RECORDS * (Journal.MOST_RECORD_BYTES + OVERHEAD_BYTES);

  private RecordFormat() {}

  /** Returns a new array. */
  static byte[] header() {
    return HEADER.getBytes(StandardCharsets.US_ASCII);
  }

  static boolean isLength(int bytes) {
    return bytes > 0 && bytes <= Journal.MOST_RECORD_BYTES;
  }

  /** Returns a new buffer, ready to be written; {@code record} stays as it is. */
  static ByteBuffer encode(ByteBuffer record) {
    int length = record.remaining();
    if (!isLength(length)) {
      throw new IllegalArgumentException("a record of " + length + " bytes");
    }
    ByteBuffer encoded = ByteBuffer.allocate(length + OVERHEAD_BYTES);
    encoded.putShort((short) length).put(record.duplicate());
    return encoded.putInt(checksum(encoded.array(), LENGTH_BYTES + length)).flip();
  }

  /** Returns the checksum of the first {@code count} bytes, as its 32 bits. */
  static int checksum(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }
}
