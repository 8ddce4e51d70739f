// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.client.KmsClient;
import dev.bulla.process.JvmLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process costs, counted: what grows beyond these fails the build. */
final class ProcessGatesTest {
  private static final Path STRACE = Path.of("/usr/bin/strace");
  private static final int WARM_UP = 2_000;
  private static final int CALLS = 10_000;

  /** Those of the kernel for one Decrypt at one caller. */
  private static final double MOST_SYSCALLS = 4.5;

  /** From the JDK and the class path until Status says ok, with a local KEK. */
  private static final int MOST_CLASSES = 4_450;

  /** Turns in which it calls itself after Status said ok: once, then eight times (decision 79). */
  private static final int LATER_TURNS = 2_000 + 2_500;

  private static final int LATER_CALLS = 2_000 + 8 * 2_500;

  /**
   * Its pause in each turn, each answer, and the collector's. One call a turn would take 44,000.
   */
  private static final int MOST_WAKINGS = 30_000;

  private static final Pattern HITS =
      Pattern.compile("^bulla_cache_hits_total (\\d+)", Pattern.MULTILINE);

  @TempDir private Path folder;

  private static void decrypt(Sealed sealed, KmsClient client, int times) {
    for (int i = 0; i < times; i++) {
      sealed.openWith(client);
    }
  }

  private Process attach(long pid, Path counts) throws IOException {
    Path said = folder.resolve("said");
    Process strace =
        new ProcessBuilder(
                STRACE.toString(), "-f", "-c", "-o", counts.toString(), "-p", String.valueOf(pid))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    while (strace.isAlive() && !Files.readString(said).contains("attached")) {
      Thread.onSpinWait();
    }
    assumeTrue(strace.isAlive(), "this process may not be traced");
    return strace;
  }

  private static long total(Path counts) throws IOException {
    try (Stream<String> lines = Files.lines(counts)) {
      String total = lines.filter(line -> line.endsWith(" total")).findFirst().orElseThrow();
      return Long.parseLong(total.strip().split("\\s+", -1)[3]);
    }
  }

  // One process for all three, for it takes a dozen seconds until it has done what it does alone.
  @Test
  void start_callsItselfOnAfterOthers_givesBackWhatItAloneNeeded_andThenTakesFewSystemCalls()
      throws Exception {
    HttpGet ops = HttpGet.anyPort();
    try (ServedJvm served = ServedJvm.startWith(ops.line(), folder)) {
      long before = wakings(served.pid());
      Thread.sleep(100); // well within the half second, should the machine stall
      // 2 ms apart, it would be woken fifty times.
      assertThat(wakings(served.pid()) - before).isLessThan(10);
      long resident = JvmLibrary.residentKilobytes(served.pid());
      served.awaitQuiet();
      assertThat(wakings(served.pid()) - before).isBetween((long) LATER_TURNS, (long) MOST_WAKINGS);
      assertThat(JvmLibrary.residentKilobytes(served.pid())).isLessThan(resident * 9 / 10);
      assertThat(hits(ops)).isGreaterThanOrEqualTo(LATER_CALLS);
      takesFewSystemCalls(served);
    }
  }

  private void takesFewSystemCalls(ServedJvm served) throws Exception {
    assumeTrue(Files.isExecutable(STRACE), "strace is not installed");
    try (KmsClient client = served.connect()) {
      Sealed sealed = Sealed.by(client);
      decrypt(sealed, client, WARM_UP);
      served.awaitQuiet(); // the compilers wake one another, which are system calls too
      Path counts = folder.resolve("strace");
      Process strace = attach(served.pid(), counts);
      decrypt(sealed, client, CALLS);
      strace.destroy();
      assertThat(strace.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(total(counts) / (double) CALLS).isLessThanOrEqualTo(MOST_SYSCALLS);
    }
  }

  // Of calls: each finds its DEK in memory.
  private static long hits(HttpGet ops) throws IOException, InterruptedException {
    Matcher hits = HITS.matcher(ops.get("/metrics").body());
    assertThat(hits.find()).isTrue();
    return Long.parseLong(hits.group(1));
  }

  private static long wakings(long pid) throws IOException {
    return Wakings.of(pid, "bulla-warmup");
  }

  // As shipped, nobody looks for lost buffers: it would cost a tenth of each call.
  @Test
  void warmUpAndCalls_loseNoBuffer() throws Exception {
    try (ServedJvm served = ServedJvm.start(folder, "-Dio.netty.leakDetection.level=paranoid");
        KmsClient client = served.connect()) {
      decrypt(Sealed.by(client), client, WARM_UP);
    }
    assertThat(folder.resolve(ServedJvm.LOG)).content().contains("serving").doesNotContain("LEAK");
  }

  @Test
  void start_loadsFewClasses_makesNoCodeForRecords_andNoBigNumbers() throws Exception {
    Path loaded = folder.resolve("classes");
    try (ServedJvm _ = ServedJvm.start(folder, "-Xlog:class+load=info:file=" + loaded)) {
      List<String> classes =
          Files.readAllLines(loaded).stream().filter(line -> line.contains(" source: ")).toList();
      assertThat(classes).hasSizeLessThanOrEqualTo(MOST_CLASSES);
      // It makes a record's equals, hashCode and toString when one is first called: 22 ms for the
      // first, that no archive of classes can save. Whoever needs one this early writes it out.
      assertThat(classes).noneMatch(line -> line.contains("java.lang.runtime.ObjectMethods "));
      // What Duration divides and multiplies by.
      assertThat(classes).noneMatch(line -> line.contains("java.math.BigDecimal "));
    }
  }
}
