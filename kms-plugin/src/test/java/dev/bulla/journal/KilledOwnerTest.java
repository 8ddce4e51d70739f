// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at any moment, between appends and compactions, again and again on one file: what was
 * appended is there, and nothing else. The property {@code bulla.journal.kills} sets how often.
 */
final class KilledOwnerTest {
  private static final int KILLS = Integer.getInteger("bulla.journal.kills", 40);
  private static final int LONGEST_MILLIS = 20;

  @TempDir private Path directory;
  private final Random random = new Random(25);

  @Test
  void everyAppendedRecord_outlivesItsProcess() throws IOException, InterruptedException {
    Path path = directory.resolve("journal");
    long last = -1;
    for (int kill = 0; kill < KILLS; kill++) {
      last = appendAndKill(path, last + 1);
      last = assertThere(path, last);
    }
  }

  /** Returns the last number of which the process has said that it is appended. */
  private long appendAndKill(Path path, long first) throws IOException, InterruptedException {
    Process process =
        Child.command(List.of(), AppendProcess.class, path.toString(), Long.toString(first))
            .start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String last = output.readLine();
      assertThat(last).isNotNull();
      TimeUnit.MICROSECONDS.sleep(random.nextInt(LONGEST_MILLIS * 1_000));
      // By its handle: the process itself would close the output that is still to be read.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      var _ = process.waitFor();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line;
      }
      return Long.parseLong(last);
    }
  }

  /** Returns the newest number, which may be one more than was said. */
  private static long assertThere(Path path, long said) {
    RecordedEvents events = new RecordedEvents();
    try (Journal journal = Journal.open(path, events)) {
      List<Long> numbers = journal.records().stream().map(AppendProcess::number).toList();
      assertThat(numbers.getFirst()).isBetween(said, said + 1);
      assertThat(numbers).isSortedAccordingTo((a, b) -> Long.compare(b, a));
      assertThat(numbers)
          .containsAll(
              LongStream.rangeClosed(Math.max(0, said - AppendProcess.KEPT + 1), said)
                  .boxed()
                  .toList());
      assertThat(events.take()).isEmpty();
      return numbers.getFirst();
    }
  }
}
