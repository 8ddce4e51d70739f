// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.record;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is noted comes back, newest first, and the file stays small. */
final class JournalTest {
  private static final byte[] CRC32C_OF_THREE = {0x71, 0x7F, 0x63, (byte) 0xC1};

  @TempDir private Path directory;
  private final RecordedEvents events = new RecordedEvents();
  private Path path;
  private Journal journal;

  @BeforeEach
  void openJournal() {
    path = directory.resolve("journal");
    journal = Journal.open(path, events);
  }

  @AfterEach
  void nothingIsTold() {
    journal.close();
    assertThat(events.take()).isEmpty();
  }

  @Test
  void records_comeBackNewestFirst() {
    journal.own();
    append(journal, "a", "b", "c");
    assertThat(texts(journal)).containsExactly("c", "b", "a");
    assertThat(texts(path)).containsExactly("c", "b", "a");
  }

  @Test
  void format_isTheOneThatIsDocumented() throws IOException {
    journal.own();
    append(journal, "abc");
    // CRC32C of 00 03 61 62 63, computed apart.
    assertThat(Files.readAllBytes(path))
        .isEqualTo(
            concat(record("bulla-journal 1\n"), new byte[] {0, 3, 'a', 'b', 'c'}, CRC32C_OF_THREE));
  }

  private static byte[] concat(byte[]... parts) {
    byte[] whole = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }

  @Test
  void file_isItsOwnersAlone() throws IOException {
    path = directory.resolve("new").resolve("journal");
    try (Journal deeper = Journal.open(path, events)) {
      assertThat(path.getParent()).doesNotExist();
      deeper.own();
      assertThat(path.getParent()).doesNotExist();
      append(deeper, "a");
    }
    assertThat(Files.getPosixFilePermissions(path.getParent()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var names = Files.list(path.getParent())) {
      assertThat(names).containsExactly(path);
    }
  }

  @Test
  void reader_writesNothing() throws IOException {
    append(journal, "a", "b");
    journal.drop(record("a"));
    journal.close();
    assertThat(path).doesNotExist();
    assertThat(texts(journal)).containsExactly("b");
  }

  @Test
  void own_writesWhatWasNotedBefore() {
    append(journal, "a", "b");
    journal.own();
    assertThat(texts(path)).containsExactly("b", "a");
  }

  @Test
  void own_takesInWhatTheOwnerBeforeHasWritten() {
    try (Journal before = Journal.open(path, events)) {
      before.own();
      append(before, "a", "b");
      journal = Journal.open(path, events);
      append(journal, "mine", "a");
      append(before, "c", "d");
    }
    assertThat(texts(journal)).containsExactly("a", "mine", "b");
    journal.own();
    assertThat(texts(journal)).containsExactly("a", "mine", "d", "c", "b");
    assertThat(texts(path)).containsExactly("mine", "d", "c", "b", "a");
  }

  @Test
  void close_endsTheWritingAlone() {
    journal.own();
    append(journal, "a");
    journal.close();
    append(journal, "b");
    journal.own();
    assertThat(texts(journal)).containsExactly("b", "a");
    assertThat(texts(path)).containsExactly("a");
  }

  @Test
  void duplicate_movesToNewestAndDoesNotGrowTheFile() throws IOException {
    journal.own();
    append(journal, "a", "b");
    long size = Files.size(path);
    append(journal, "a", "a");
    assertThat(texts(journal)).containsExactly("a", "b");
    assertThat(Files.size(path)).isEqualTo(size);
    assertThat(texts(path)).containsExactly("b", "a");
  }

  @Test
  void duplicateInTheFile_countsAtItsLastPlace() throws IOException {
    TestFiles.write(path, Samples.file("a", "b", "a"));
    assertThat(texts(path)).containsExactly("a", "b");
  }

  @Test
  void arrays_areCopied() {
    byte[] mine = record("a");
    journal.append(mine);
    mine[0] = 'x';
    journal.records().getFirst()[0] = 'y';
    assertThat(texts(journal)).containsExactly("a");
  }

  @Test
  void recordThatIsNone_isLeftOut() {
    journal.own();
    journal.append(new byte[0]);
    journal.append(new byte[Journal.MOST_RECORD_BYTES + 1]);
    assertThat(path).doesNotExist();
    journal.append(new byte[Journal.MOST_RECORD_BYTES]);
    assertThat(Journal.open(path, events).records())
        .singleElement()
        .isEqualTo(new byte[Journal.MOST_RECORD_BYTES]);
  }

  @Test
  void thousandAndFirst_drivesOutTheOldest() {
    append(journal, numbers(0, Journal.MOST_RECORDS));
    journal.own();
    append(journal, "0", "one more");
    List<String> texts = texts(journal);
    assertThat(texts).hasSize(Journal.MOST_RECORDS).startsWith("one more", "0", "999");
    assertThat(texts).endsWith("3", "2");
    assertThat(texts(path)).hasSize(Journal.MOST_RECORDS).startsWith("one more", "999");
  }

  @Test
  void compaction_keepsTheNewestInTheirOrder() throws IOException {
    TestFiles.write(path, Samples.file(numbers(1000, 2999)));
    journal.own();
    append(journal, "2999", "2000");
    assertThat(Files.size(path)).isEqualTo(RecordFormat.HEADER_BYTES + 2000 * (4 + 6));
    append(journal, "3000");
    assertThat(Files.size(path)).isEqualTo(RecordFormat.HEADER_BYTES + 1000 * (4 + 6));
    assertThat(texts(path)).isEqualTo(texts(journal)).startsWith("3000", "2000", "2999");
    append(journal, "3001");
    assertThat(texts(path)).isEqualTo(texts(journal));
  }

  private static String[] numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toArray(String[]::new);
  }

  @Test
  void dropped_areLeftOutOnceTheyAreMoreThanAQuarter() {
    journal.own();
    append(journal, "a", "b", "c", "d");
    journal.drop(record("b"));
    journal.drop(record("unknown"));
    assertThat(texts(journal)).containsExactly("d", "c", "a");
    assertThat(texts(path)).containsExactly("d", "c", "b", "a");
    journal.drop(record("d"));
    assertThat(texts(path)).isEqualTo(texts(journal)).containsExactly("c", "a");
  }

  @Test
  void dropped_isNewAgainIfItIsNotedAgain() {
    journal.own();
    append(journal, "a", "b", "c", "d");
    journal.drop(record("b"));
    append(journal, "b");
    journal.drop(record("a"));
    assertThat(texts(journal)).containsExactly("b", "d", "c");
    assertThat(texts(path)).containsExactly("d", "c", "b", "a");
  }
}
