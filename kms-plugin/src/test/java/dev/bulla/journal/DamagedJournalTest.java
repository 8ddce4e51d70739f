// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.file;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a file holds, what comes out of it was once written, and the owner goes on from there.
 */
final class DamagedJournalTest {
  private static final String LAST = "the third";
  private static final int LAST_BYTES = LAST.length() + RecordFormat.OVERHEAD_BYTES;
  private static final byte[] WHOLE = file("one", "two", LAST);

  @TempDir private Path directory;
  private final RecordedEvents events = new RecordedEvents();
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("journal");
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }

  private void own(String appended) {
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
      append(journal, appended);
    }
  }

  @Test
  void tornTail_isIgnoredAndCutByTheOwner() throws IOException {
    for (int cut = 1; cut < LAST_BYTES; cut++) {
      TestFiles.write(path, Arrays.copyOf(WHOLE, WHOLE.length - cut));
      assertThat(texts(path)).as("cut by %d", cut).containsExactly("two", "one");
      assertThat(Files.size(path)).isEqualTo(WHOLE.length - cut);
      own("x");
      assertThat(Files.readAllBytes(path)).isEqualTo(file("one", "two", "x"));
    }
    assertThat(events.take()).isEmpty();
  }

  @Test
  void tornHeader_isWrittenAnew() throws IOException {
    for (int size = 0; size < RecordFormat.HEADER_BYTES; size++) {
      TestFiles.write(path, Arrays.copyOf(WHOLE, size));
      own("x");
      assertThat(Files.readAllBytes(path)).as("%d bytes", size).isEqualTo(file("x"));
    }
    assertThat(events.take()).isEmpty();
  }

  @Test
  void flippedBit_losesRecordsAndInventsNone() throws IOException {
    for (int bit = 0; bit < WHOLE.length * Byte.SIZE; bit++) {
      byte[] damaged = WHOLE.clone();
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      TestFiles.write(path, damaged);
      List<String> found = texts(path);
      assertThat(found).as("bit %d", bit).isSubsetOf("one", "two", LAST);
      own("x");
      if (bit / Byte.SIZE < RecordFormat.HEADER_BYTES) {
        assertThat(found).isEmpty();
        assertThat(Files.readAllBytes(path)).isEqualTo(damaged);
      } else {
        assertThat(found).hasSizeLessThan(3);
        assertThat(texts(path)).startsWith("x").hasSize(1 + found.size()).containsAll(found);
      }
    }
  }

  @Test
  void flippedContent_costsItsOwnRecordAlone() throws IOException {
    byte[] damaged = WHOLE.clone();
    damaged[RecordFormat.HEADER_BYTES + RecordFormat.LENGTH_BYTES] ^= 1;
    TestFiles.write(path, damaged);
    own("x");
    assertThat(events.take()).containsExactly("unreadable 1 at byte 16: its checksum is wrong");
    assertThat(Files.readAllBytes(path)).isEqualTo(file("two", LAST, "x"));
  }

  @Test
  void damage_isToldOnceAndRepairedWithoutAnAppend() throws IOException {
    byte[] damaged = WHOLE.clone();
    damaged[damaged.length - 1] ^= 1;
    TestFiles.write(path, damaged);
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
    }
    assertThat(events.take()).hasSize(1);
    assertThat(Files.readAllBytes(path)).isEqualTo(file("one", "two"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, Journal.MOST_RECORD_BYTES + 1, 0x8000, 0xFFFF})
  void impossibleLength_endsTheReading(int length) throws IOException {
    byte[] lie = ByteBuffer.allocate(4_000).putShort((short) length).array();
    TestFiles.write(path, concat(file("one"), lie, file("two")));
    own("x");
    assertThat(events.take())
        .containsExactly(
            "unreadable 1 at byte 25: no record has "
                + length
                + " bytes, and all behind it is skipped");
    assertThat(Files.readAllBytes(path)).isEqualTo(file("one", "x"));
  }

  @Test
  void oversizedFile_isNotReadWhole() throws IOException {
    TestFiles.write(path, WHOLE);
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.setLength(1L << 33);
    }
    own("x");
    assertThat(events.take()).hasSize(1);
    assertThat(Files.readAllBytes(path)).isEqualTo(file("one", "two", LAST, "x"));
  }

  /** Whole records without end. */
  private static final class Endless extends InputStream {
    private final byte[] record =
        RecordFormat.encode(ByteBuffer.allocate(Journal.MOST_RECORD_BYTES)).array();
    private long given;

    @Override
    public int read() {
      return record[(int) (given++ % record.length)] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        into[i] = (byte) read();
      }
      return length;
    }
  }

  @Test
  void endlessFile_isReadUpToTheBound() throws IOException {
    Endless endless = new Endless();
    Contents contents =
        ContentsReader.read(new SequenceInputStream(new ByteArrayInputStream(file()), endless));
    assertThat(contents.count()).isEqualTo(RecordFormat.MOST_FILE_RECORDS);
    assertThat(contents.records()).hasSize(1);
    assertThat(contents.why()).contains("the file is larger than");
    assertThat(RecordFormat.HEADER_BYTES + endless.given)
        .isEqualTo(RecordFormat.MOST_FILE_BYTES + RecordFormat.LENGTH_BYTES);
  }

  @Test
  void manyTinyRecords_areRememberedUpToTheBoundAndCompacted() throws IOException {
    byte[] tiny = new byte[5_000 * 8];
    for (int i = 0; i < 5_000; i++) {
      ByteBuffer record = ByteBuffer.allocate(2).putShort((short) i).flip();
      System.arraycopy(RecordFormat.encode(record).array(), 0, tiny, i * 8, 8);
    }
    byte[] whole = concat(file(), tiny);
    assertThat(ContentsReader.read(new ByteArrayInputStream(whole)).records())
        .hasSize(Journal.MOST_RECORDS);
    TestFiles.write(path, whole);
    try (Journal journal = Journal.open(path, events)) {
      assertThat(journal.records()).hasSize(Journal.MOST_RECORDS);
      assertThat(journal.records().getFirst()).isEqualTo(new byte[] {4_999 >> 8, (byte) 4_999});
      journal.own();
    }
    assertThat(Files.size(path)).isEqualTo(RecordFormat.HEADER_BYTES + 8L * Journal.MOST_RECORDS);
    assertThat(events.take()).isEmpty();
  }
}
