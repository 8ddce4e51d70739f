// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.lines.Field;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a trail but cutting or writing anew its end is found. */
final class ChainCheckTest {
  @TempDir private Path folder;
  private Path path;
  private List<String> lines = List.of();

  @BeforeEach
  void write() throws IOException {
    path = folder.resolve("audit.log");
    try (AuditTrail trail =
        AuditTrail.at(
            path,
            new RecordedTrailEvents(),
            InstantSource.system(),
            Ticker.system(),
            Duration.ofSeconds(20))) {
      trail.own();
      for (int i = 0; i < 8; i++) {
        trail.note("thing", Field.of("name", "n" + i));
      }
    }
    lines = Files.readAllLines(path);
    assertThat(lines).hasSize(10);
    assertThat(check(lines).problems()).isEmpty();
  }

  private ChainReport check(List<String> altered, String... kept) throws IOException {
    Files.write(path, altered);
    return ChainCheck.of(List.of(path), Set.of(kept));
  }

  private static String hash(String line) {
    return ChainLine.hash(line.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyRemovedLine_isFound_butTheLast() throws IOException {
    for (int i = 0; i < lines.size() - 1; i++) {
      List<String> altered = new ArrayList<>(lines);
      altered.remove(i);
      assertThat(check(altered).problems()).as("without line %s", i + 1).isNotEmpty();
    }
  }

  @Test
  void everyChangedByte_isFound_butInTheLastLine() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    int last = whole.length - lines.getLast().length() - 1;
    for (int i = 0; i < last; i++) {
      byte[] altered = whole.clone();
      altered[i] ^= 1;
      Files.write(path, altered);
      assertThat(ChainCheck.of(List.of(path), Set.of()).problems()).as("byte %s", i).isNotEmpty();
    }
  }

  @Test
  void everyTwoExchangedLines_areFound() throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      for (int j = i + 1; j < lines.size(); j++) {
        List<String> altered = new ArrayList<>(lines);
        Collections.swap(altered, i, j);
        assertThat(check(altered).problems()).as("%s and %s", i + 1, j + 1).isNotEmpty();
      }
    }
  }

  @Test
  void everyRepeatedLine_isFound() throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      List<String> altered = new ArrayList<>(lines);
      altered.add(i, lines.get(i));
      assertThat(check(altered).problems()).as("line %s", i + 1).isNotEmpty();
    }
  }

  @Test
  void cutTail_isNotClosed_andFoundByAKeptHash() throws IOException {
    for (int rest = 1; rest < lines.size(); rest++) {
      ChainReport report = check(lines.subList(0, rest));
      assertThat(report.problems()).isEmpty();
      assertThat(report.closed()).isFalse();
      assertThat(check(lines.subList(0, rest), hash(lines.getLast())).problems()).hasSize(1);
    }
    assertThat(check(lines, hash(lines.get(4)), hash(lines.getLast())).problems()).isEmpty();
  }

  @Test
  void endWrittenAnew_isFoundByAKeptHashAlone() throws IOException {
    List<String> altered = new ArrayList<>(lines.subList(0, 9));
    altered.add(lines.get(9).replace("closed", "CLOSED"));
    assertThat(check(altered).problems()).isEmpty();
    assertThat(check(altered, hash(lines.get(9))).problems())
        .singleElement()
        .asString()
        .startsWith("no line has the hash ");
  }

  @Test
  void missingFileOfSeveral_isFound() throws IOException {
    Path one = folder.resolve("audit.log.1");
    Path two = folder.resolve("audit.log.2");
    Path three = folder.resolve("audit.log.3");
    rotate(one);
    rotate(two);
    rotate(three);
    assertThat(ChainCheck.of(List.of(three, one, two), Set.of()).problems()).isEmpty();
    assertThat(ChainCheck.of(List.of(one, three), Set.of()).problems())
        .singleElement()
        .asString()
        .contains("lines before it are missing");
  }

  private void rotate(Path to) throws IOException {
    try (AuditTrail trail =
        AuditTrail.at(
            path,
            new RecordedTrailEvents(),
            InstantSource.system(),
            Ticker.system(),
            Duration.ofSeconds(20))) {
      trail.own();
      trail.note("thing");
      trail.flush(Duration.ofSeconds(20));
      Files.move(path, to);
      trail.note("thing");
    }
  }

  @Test
  void gzippedFile_isRead() throws IOException {
    Path packed = folder.resolve("audit.log.1.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(Files.readAllBytes(path));
    }
    ChainReport report = ChainCheck.of(List.of(packed), Set.of());
    assertThat(report.problems()).isEmpty();
    assertThat(report.lines()).isEqualTo(10);
  }

  @Test
  void junk_isAProblemAndNoException() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      byte[] junk = new byte[random.nextInt(40_000) + 1];
      random.nextBytes(junk);
      Files.write(path, junk);
      ChainReport report = ChainCheck.of(List.of(path), Set.of());
      assertThat(report.problems().size() + report.notes().size()).isPositive();
    }
    assertThat(check(List.of("[".repeat(5_000), "{\"seq\":{},\"event\":1,\"prev\":[]}")).problems())
        .isNotEmpty();
  }
}
