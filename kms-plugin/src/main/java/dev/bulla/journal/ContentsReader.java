// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads a journal from bytes that nobody vouches for: in one pass, in bounded memory, no further
 * than {@link RecordFormat#MOST_FILE_BYTES}. For one use, by one thread.
 */
final class ContentsReader {
  /** What one step has found. */
  private enum Found {
    RECORD,
    DAMAGE,
    END
  }

  private final InputStream in;

  /** A map for its order: the key alone counts. */
  private final LinkedHashMap<ByteBuffer, Boolean> newest = new LinkedHashMap<>();

  private long offset;
  private long end;
  private int count;
  private int unreadable;
  private String why = "";

  private ContentsReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads all there is.
   *
   * @throws ForeignFileException if the bytes are not a journal of this version
   */
  static Contents read(InputStream in) throws IOException {
    ContentsReader reader = new ContentsReader(in);
    if (!reader.readHeader()) {
      return Contents.NONE;
    }
    while (reader.step() != Found.END) {
      // Each step tells what it has found.
    }
    return new Contents(
        List.copyOf(reader.newest.keySet()),
        reader.count,
        reader.end,
        reader.unreadable,
        reader.why);
  }

  private boolean readHeader() throws IOException {
    byte[] header = RecordFormat.header();
    byte[] found = in.readNBytes(header.length);
    if (!Arrays.equals(found, 0, found.length, header, 0, found.length)) {
      throw new ForeignFileException();
    }
    offset = header.length;
    end = offset;
    return found.length == header.length;
  }

  private Found step() throws IOException {
    byte[] start = in.readNBytes(RecordFormat.LENGTH_BYTES);
    if (start.length < RecordFormat.LENGTH_BYTES) {
      return Found.END;
    }
    int length = Short.toUnsignedInt(ByteBuffer.wrap(start).getShort());
    if (!RecordFormat.isLength(length)) {
      return skipRest("no record has " + length + " bytes");
    }
    if (offset + length + RecordFormat.OVERHEAD_BYTES > RecordFormat.MOST_FILE_BYTES) {
      return skipRest("the file is larger than " + RecordFormat.MOST_FILE_BYTES + " bytes");
    }
    return readRecord(start, length);
  }

  private Found readRecord(byte[] start, int length) throws IOException {
    int checked = RecordFormat.LENGTH_BYTES + length;
    byte[] whole = Arrays.copyOf(start, checked + RecordFormat.CHECKSUM_BYTES);
    int rest = whole.length - start.length;
    if (in.readNBytes(whole, start.length, rest) < rest) {
      return Found.END;
    }
    long at = offset;
    offset += whole.length;
    if (ByteBuffer.wrap(whole).getInt(checked) != RecordFormat.checksum(whole, checked)) {
      return damage(at, "its checksum is wrong");
    }
    keep(ByteBuffer.wrap(Arrays.copyOfRange(whole, start.length, checked)).asReadOnlyBuffer());
    return Found.RECORD;
  }

  private void keep(ByteBuffer record) {
    count++;
    end = offset;
    newest.putLast(record, true);
    if (newest.size() > Journal.MOST_RECORDS) {
      var _ = newest.pollFirstEntry();
    }
  }

  private Found skipRest(String reason) {
    var _ = damage(offset, reason + ", and all behind it is skipped");
    return Found.END;
  }

  private Found damage(long at, String reason) {
    unreadable++;
    why = "at byte " + at + ": " + reason;
    return Found.DAMAGE;
  }
}
