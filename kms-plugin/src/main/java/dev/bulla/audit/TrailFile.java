// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A file of a trail, to be read line by line; also one that was compressed by gzip. */
final class TrailFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_1 = 0x1f;
  private static final int GZIP_2 = 0x8b;

  /**
   * A line without its LF.
   *
   * @param bytes at most {@link ChainLine#MOST_BYTES}; the rest of a longer one is left out
   * @param ended whether an LF follows
   */
  @SuppressWarnings("ArrayRecordComponent") // Looked at once, never compared.
  record Line(byte[] bytes, boolean ended) {}

  private final InputStream in;

  private TrailFile(InputStream in) {
    this.in = in;
  }

  static TrailFile open(Path path) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
    raw.mark(2);
    boolean packed = raw.read() == GZIP_1 && raw.read() == GZIP_2;
    raw.reset();
    return new TrailFile(
        packed
            ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES)
            : raw);
  }

  /** Reads a line; one without bytes and without an LF is the end. */
  Line next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int one = in.read();
    while (one >= 0 && one != '\n') {
      // One byte more than a line may have: so that it is known to be too long.
      if (bytes.size() <= ChainLine.MOST_BYTES) {
        bytes.write(one);
      }
      one = in.read();
    }
    return new Line(bytes.toByteArray(), one >= 0);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
