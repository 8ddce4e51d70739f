// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many calls over connections that come and go: what the process holds must stay the same. {@code
 * -Dbulla.soak=N} sets the number of calls; few by default, and then only leaks of files and
 * threads can show.
 */
final class SoakTest {
  private static final long CALLS = Long.getLong("bulla.soak", 16_000);
  private static final int ROUNDS = 40;
  private static final int CALLERS = 8;
  private static final long CALLS_PER_CONNECTION = 500;

  /** From here on the slope of memory can be told from the steps in which a heap grows. */
  private static final long LONG_RUN = 10_000_000;

  private static final double MIB = 1_024;

  @TempDir private Path folder;

  @Test
  void manyCallsAndConnections_keepNothing(TestReporter reporter) throws Exception {
    List<Program.Usage> usages = new ArrayList<>();
    long connections = 0;
    long begin = System.nanoTime();
    try (Program program = Program.start(folder, (Integer) Files.getAttribute(folder, "unix:uid"));
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      Sealed sealed;
      try (KmsClient client = program.client()) {
        sealed = Sealed.by(client);
      }
      for (int round = 0; round < ROUNDS; round++) {
        connections += round(program, sealed, callers);
        usages.add(settled(program, usages));
      }
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    List<Program.Usage> half = usages.subList(ROUNDS / 2, ROUNDS);
    double mib = slopeKib(half) * ROUNDS * LONG_RUN / CALLS / MIB;
    reporter.publishEntry(
        "soak",
        "%d calls, %d connections, %d s; RSS MiB %s; second half: %.2f MiB per 10^7 calls, %s to %s"
            .formatted(
                CALLS,
                connections,
                seconds,
                usages.stream().map(usage -> usage.rssKib() >> 10).toList(),
                mib,
                half.getFirst(),
                half.getLast()));
    assertThat(half).allMatch(usage -> usage.files() <= usages.getFirst().files());
    assertThat(spread(half)).isLessThanOrEqualTo(2);
    if (CALLS >= LONG_RUN) {
      assertThat(mib).isLessThanOrEqualTo(1);
    }
  }

  /** Returns the number of connections that it made. */
  private static long round(Program program, Sealed sealed, ExecutorService callers)
      throws Exception {
    long each = CALLS / ROUNDS / CALLERS;
    List<Callable<Long>> work = Collections.nCopies(CALLERS, () -> calls(program, sealed, each));
    long connections = 0;
    for (Future<Long> done : callers.invokeAll(work)) {
      connections += done.get();
    }
    return connections;
  }

  /** Makes so many calls; returns the number of connections that it took. */
  private static long calls(Program program, Sealed sealed, long count) {
    long made = 0;
    long connections = 0;
    while (made < count) {
      connections++;
      try (KmsClient client =
          KmsClient.connect(program.socket().toString(), Duration.ofSeconds(30))) {
        for (long i = 0; i < CALLS_PER_CONNECTION && made < count; i++, made++) {
          call(client, sealed, made);
        }
      }
    }
    return connections;
  }

  private static void call(KmsClient client, Sealed sealed, long number) {
    switch ((int) (number % 20)) {
      case 0 -> assertThat(client.status().getHealthz()).isEqualTo("ok");
      case 1 -> assertThat(client.encrypt(new byte[32]).getCiphertext().size()).isEqualTo(61);
      default -> sealed.openWith(client);
    }
  }

  /** Returns what it holds when the last connections have ended; it learns of that a bit later. */
  private static Program.Usage settled(Program program, List<Program.Usage> before)
      throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Program.Usage usage = program.usage();
    while (!before.isEmpty()
        && usage.files() > before.getFirst().files()
        && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(10_000_000);
      usage = program.usage();
    }
    return usage;
  }

  private static int spread(List<Program.Usage> usages) {
    return usages.stream().mapToInt(Program.Usage::threads).max().orElseThrow()
        - usages.stream().mapToInt(Program.Usage::threads).min().orElseThrow();
  }

  /** Least squares, in KiB a round. */
  private static double slopeKib(List<Program.Usage> usages) {
    double middle = (usages.size() - 1) / 2.0;
    double above = 0;
    double below = 0;
    for (int i = 0; i < usages.size(); i++) {
      above += (i - middle) * usages.get(i).rssKib();
      below += (i - middle) * (i - middle);
    }
    return above / below;
  }
}
