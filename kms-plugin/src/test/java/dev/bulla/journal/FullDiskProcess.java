// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs on a small file system of its own, at the path that is its argument; fails with a trace. */
final class FullDiskProcess {
  private static final int FILLER_BYTES = 40_000;
  private static final int RECORD_BYTES = 3_000;

  private final RecordedEvents events = new RecordedEvents();
  private final Path directory;
  private final Path path;

  private FullDiskProcess(Path directory) {
    this.directory = directory;
    this.path = directory.resolve("journal");
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    new FullDiskProcess(Path.of(args[0])).run();
  }

  private void run() throws IOException, InterruptedException {
    Path filler = Files.write(directory.resolve("filler"), new byte[FILLER_BYTES]);
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
      int written = fill(journal);
      assertThat(texts(path)).hasSize(written).isEqualTo(texts(journal).subList(1, written + 1));
      append(journal, text(100));
      assertThat(events.take()).isEmpty();
      Files.delete(filler);
      append(journal, text(101));
      assertThat(events.take()).containsExactly("writtenAgain");
      assertThat(texts(path)).hasSize(written + 3).isEqualTo(texts(journal));
      readOnly(journal);
    }
  }

  private static String text(int number) {
    return number + ".".repeat(RECORD_BYTES);
  }

  /** Returns how many records there was room for. */
  private int fill(Journal journal) {
    for (int number = 10; number < 30; number++) {
      append(journal, text(number));
      List<String> told = events.take();
      if (!told.isEmpty()) {
        assertThat(told).singleElement().asString().startsWith("notWritten ");
        return number - 10;
      }
    }
    throw new AssertionError("the disk is never full");
  }

  private void readOnly(Journal journal) throws IOException, InterruptedException {
    remount("ro");
    append(journal, "r");
    assertThat(events.take()).containsExactly("notWritten " + path + ": Read-only file system");
    remount("rw");
    append(journal, "w");
    assertThat(events.take()).containsExactly("writtenAgain");
    assertThat(texts(path)).startsWith("w", "r").isEqualTo(texts(journal));
  }

  private void remount(String how) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("mount", "-o", "remount," + how, directory.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(exit).isZero();
  }
}
