// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Damage without end, from one seed. */
final class RandomDamageTest {
  private static final int INPUTS = 100_000;
  private static final int RECORDS = 12;
  private static final int MOST_BYTES = 60;

  private final Random random = new Random(20_261_124);
  private final Set<ByteBuffer> written = new HashSet<>();

  @Test
  void nothingButWhatWasWritten_isEverRead() throws IOException {
    byte[] whole = wholeFile();
    int readable = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] damaged = whole;
      for (int times = random.nextInt(1, 4); times > 0; times--) {
        damaged = damage(damaged);
      }
      readable += check(damaged);
    }
    // Else the damage is such that nothing is tested.
    assertThat(readable).isBetween(INPUTS, INPUTS * RECORDS);
  }

  private byte[] wholeFile() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(RecordFormat.header());
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = bytes(random.nextInt(1, MOST_BYTES));
      var _ = written.add(ByteBuffer.wrap(record));
      out.writeBytes(RecordFormat.encode(ByteBuffer.wrap(record)).array());
    }
    return out.toByteArray();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  // Mostly behind the header: a file that begins otherwise is refused whole.
  private byte[] damage(byte[] file) {
    int from = random.nextInt(random.nextInt(10) == 0 ? 0 : RecordFormat.HEADER_BYTES, 200);
    int at = Math.min(from, file.length);
    int to = Math.min(file.length, at + random.nextInt(40));
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(file, at);
      case 1 -> spliced(file, at, new byte[0], to);
      case 2 -> spliced(file, at, bytes(to - at), to);
      case 3 -> spliced(file, at, new byte[to - at], to);
      case 4 -> spliced(file, to, Arrays.copyOfRange(file, at, to), to);
      default -> spliced(file, at, bytes(random.nextInt(40)), at);
    };
  }

  private static byte[] spliced(byte[] file, int before, byte[] between, int after) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, before);
    out.writeBytes(between);
    out.write(file, after, file.length - after);
    return out.toByteArray();
  }

  private int check(byte[] damaged) throws IOException {
    try {
      Contents contents = ContentsReader.read(new ByteArrayInputStream(damaged));
      assertThat(written).containsAll(contents.records());
      assertThat(contents.end()).isLessThanOrEqualTo(damaged.length);
      return contents.records().size();
    } catch (ForeignFileException _) {
      return 0;
    }
  }
}
