// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thousand connections a second of a user that may not connect. */
@Timeout(120)
final class WrongUidFloodTest {
  private static final long NOBODY_OF_OURS = 4_000_000_001L;
  private static final int SECONDS = 4;
  private static final int ATTEMPTS = SECONDS * 1_000;
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos() / 1_000;

  @TempDir private Path folder;

  @Test
  void eachIsClosedAtOnce_andTheLogStaysShort(TestReporter reporter) throws Exception {
    try (Program program = Program.start(folder, NOBODY_OF_OURS)) {
      long[] took = new long[ATTEMPTS];
      long begin = System.nanoTime();
      for (int i = 0; i < ATTEMPTS; i++) {
        took[i] = timeOfOne(program.socket());
        LockSupport.parkNanos(begin + i * PAUSE_NANOS - System.nanoTime());
      }
      Duration all = Duration.ofNanos(System.nanoTime() - begin);
      long lines = program.log().lines().filter(line -> line.contains("closed a conn")).count();
      Arrays.sort(took);
      reporter.publishEntry(
          "closed",
          "p50 %d us, p99 %d us, slowest %d us; %d attempts in %d ms, %d lines"
              .formatted(
                  took[ATTEMPTS / 2] / 1_000,
                  took[ATTEMPTS * 99 / 100] / 1_000,
                  took[ATTEMPTS - 1] / 1_000,
                  ATTEMPTS,
                  all.toMillis(),
                  lines));
      assertThat(took[ATTEMPTS / 2]).isLessThan(Duration.ofMillis(10).toNanos());
      assertThat(lines).isBetween(1L, all.toSeconds() + 2);
      assertThat(program.log()).contains("its uid is not in socket.allowedUids");
    }
  }

  /** From the hello to the end of the connection; nothing may be answered. */
  private static long timeOfOne(Path socket) throws IOException {
    long from = System.nanoTime();
    try (RawHttp2 connection = RawHttp2.open(socket)) {
      assertThat(connection.isAnswered()).isFalse();
    } catch (IOException _) {
      // Broken pipe, or reset: it was closed before the hello was written.
    }
    return System.nanoTime() - from;
  }
}
