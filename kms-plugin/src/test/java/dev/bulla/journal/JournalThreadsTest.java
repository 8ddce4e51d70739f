// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads note, one of them writes, and nobody waits for the disk but that one. */
@Timeout(60)
final class JournalThreadsTest {
  private static final int THREADS = 8;
  private static final int EACH = 100;

  @TempDir private Path directory;
  private final RecordedEvents events = new RecordedEvents();

  @Test
  void concurrentAppends_areAllWrittenOnce() throws Exception {
    Path path = directory.resolve("journal");
    Journal journal = Journal.open(path, events);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<? extends Future<?>> all =
          IntStream.range(0, THREADS)
              .mapToObj(thread -> threads.submit(() -> appendMany(journal, thread)))
              .toList();
      journal.own();
      while (!all.stream().allMatch(Future::isDone)) {
        assertWhole(path);
      }
      for (Future<?> one : all) {
        var _ = one.get();
      }
    }
    // Before it is closed, which would write what was missed.
    assertThat(texts(path))
        .hasSize(THREADS * EACH)
        .containsExactlyInAnyOrderElementsOf(texts(journal));
    assertThat(Files.size(path))
        .isEqualTo(RecordFormat.HEADER_BYTES + THREADS * EACH * (4L + RecordFormat.OVERHEAD_BYTES));
    assertThat(events.take()).isEmpty();
    journal.close();
  }

  private static void appendMany(Journal journal, int thread) {
    for (int i = 0; i < EACH; i++) {
      append(journal, Integer.toString(1000 + thread * EACH + i));
    }
  }

  private void assertWhole(Path path) {
    RecordedEvents read = new RecordedEvents();
    try (Journal reader = Journal.open(path, read)) {
      assertThat(texts(reader)).allMatch(text -> text.matches("1[0-9]{3}"));
    }
    assertThat(read.take()).isEmpty();
  }

  /** A disk that hangs when a record is appended. */
  private static final class HangingDisk implements DiskSteps {
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @Override
    public void before(Step step) throws IOException {
      if (step == Step.APPEND) {
        hanging.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }
  }

  @Test
  void hangingDisk_holdsUpNobodyButItsWriterAndClose() throws Exception {
    Path path = directory.resolve("journal");
    HangingDisk disk = new HangingDisk();
    Journal journal = Journal.open(path, events, disk);
    append(journal, "a");
    journal.own();
    Thread writer = Thread.ofVirtual().start(() -> append(journal, "b"));
    disk.hanging.await();
    append(journal, "c");
    journal.drop(Samples.record("a"));
    assertThat(texts(journal)).containsExactly("c", "b");
    Thread closer = Thread.ofVirtual().start(journal::close);
    assertThat(closer.join(Duration.ofMillis(100))).isFalse();
    assertThat(texts(path)).containsExactly("a");
    disk.goOn.countDown();
    writer.join();
    closer.join();
    assertThat(texts(path)).contains("b");
    assertThat(events.take()).isEmpty();
  }

  @Test
  void writer_writesWhatCameWhileItWrote() throws Exception {
    Path path = directory.resolve("journal");
    HangingDisk disk = new HangingDisk();
    try (Journal journal = Journal.open(path, events, disk)) {
      append(journal, "a");
      journal.own();
      Thread writer = Thread.ofVirtual().start(() -> append(journal, "b"));
      disk.hanging.await();
      append(journal, "c");
      disk.goOn.countDown();
      writer.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(texts(path)).containsExactly("c", "b", "a");
    }
    assertThat(events.take()).isEmpty();
  }

  @Test
  void interruptedThread_writesAndStaysInterrupted() {
    Path path = directory.resolve("journal");
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
      Thread.currentThread().interrupt();
      append(journal, "a", "b");
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(texts(path)).containsExactly("b", "a");
    assertThat(events.take()).isEmpty();
  }
}
