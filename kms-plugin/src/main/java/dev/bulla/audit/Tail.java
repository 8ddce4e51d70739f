// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;

/**
 * The end of a file that holds a chain, or nothing.
 *
 * @param seq number of the last line that can be read; 0 if there is none
 * @param hash of the last bytes: the last line, or those behind the last LF
 * @param torn how many bytes stand behind the last LF
 */
record Tail(long seq, String hash, int torn) {
  private static final Tail EMPTY = new Tail(0, ChainLine.NOTHING, 0);
  private static final int MOST_BYTES = 4 * ChainLine.MOST_BYTES;
  private static final byte LF = '\n';

  boolean isEmpty() {
    return equals(EMPTY);
  }

  /** Reads it; empty if what is there was not written by this package. */
  static Optional<Tail> read(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size == 0) {
      return Optional.of(EMPTY);
    }
    byte[] bytes = new byte[(int) Math.min(size, MOST_BYTES)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long from = size - bytes.length;
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
      // Each read goes on behind the one before.
    }
    int torn = bytes.length - startOfLine(bytes, bytes.length);
    int end = torn > 0 ? bytes.length : bytes.length - 1;
    return lastReadable(bytes, end).map(line -> new Tail(line.seq(), hash(bytes, end), torn));
  }

  private static String hash(byte[] bytes, int end) {
    return ChainLine.hash(Arrays.copyOfRange(bytes, startOfLine(bytes, end), end));
  }

  /** Looks for a line from the end on, of which the last may be torn. */
  private static Optional<ChainLine> lastReadable(byte[] bytes, int last) {
    Optional<ChainLine> found = Optional.empty();
    for (int end = last; found.isEmpty() && end > 0; ) {
      int start = startOfLine(bytes, end);
      found = ChainLine.parse(Arrays.copyOfRange(bytes, start, end));
      end = start - 1;
    }
    return found;
  }

  private static int startOfLine(byte[] bytes, int end) {
    int start = end;
    while (start > 0 && bytes[start - 1] != LF) {
      start--;
    }
    return start;
  }
}
