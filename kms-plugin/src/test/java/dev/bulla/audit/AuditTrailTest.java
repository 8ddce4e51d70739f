// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.lines.Field;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is noted is in the file, in order and chained, whatever is done to the file meanwhile. */
@Timeout(60)
final class AuditTrailTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-25T09:30:00.123456Z"));

  @TempDir private Path folder;
  private final RecordedTrailEvents events = new RecordedTrailEvents();

  private Path path() {
    return folder.resolve("audit.log");
  }

  private AuditTrail trail() {
    return AuditTrail.at(path(), events, CLOCK, Ticker.system(), Duration.ofSeconds(20));
  }

  private static void note(AuditTrail trail, String... names) {
    for (String name : names) {
      trail.note("thing", Field.of("name", name));
    }
    trail.flush(Duration.ofSeconds(20));
  }

  private static List<JsonObject> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
  }

  private static List<String> names(Path file) throws IOException {
    return lines(file).stream()
        .map(
            line ->
                line.has("name") ? line.get("name").getAsString() : line.get("event").getAsString())
        .toList();
  }

  private static ChainReport check(Path... files) throws IOException {
    return ChainCheck.of(List.of(files), Set.of());
  }

  private Path rotated() throws IOException {
    return Files.move(path(), folder.resolve("audit.log.1"));
  }

  @Test
  void lines_haveTheirFieldsInOrder() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
    }
    List<String> lines = Files.readAllLines(path());
    assertThat(lines.get(1))
        .isEqualTo(
            "{\"seq\":2,\"time\":\"2026-11-25T09:30:00.123Z\",\"event\":\"thing\",\"name\":\"a\","
                + "\"prev\":\""
                + ChainLine.hash(lines.getFirst().getBytes(StandardCharsets.UTF_8))
                + "\"}");
    assertThat(lines.getFirst())
        .contains("\"seq\":1,", "\"event\":\"opened\",\"reason\":\"new\"", ChainLine.NOTHING);
    assertThat(names(path())).containsExactly("opened", "a", "closed");
    assertThat(check(path()).problems()).isEmpty();
    assertThat(Files.getPosixFilePermissions(path()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void nothing_isTouchedBeforeTheFileIsOwned() throws IOException {
    try (AuditTrail trail = trail()) {
      note(trail, "before");
      assertThat(path()).doesNotExist();
      trail.own();
      note(trail, "after");
      assertThat(names(path())).containsExactly("opened", "before", "after");
    }
    try (AuditTrail never = trail()) {
      note(never, "never owned");
    }
    assertThat(names(path())).containsExactly("opened", "before", "after", "closed");
  }

  // A clock that fails on the trail's own thread stands for any defect there.
  @Test
  void defect_losesNothingElse_andIsTold() throws IOException {
    AtomicInteger left = new AtomicInteger(1);
    InstantSource broken =
        () -> {
          boolean here = Thread.currentThread().getName().equals("bulla-audit");
          if (here && left.getAndDecrement() == 0) {
            throw new NoClassDefFoundError("clock");
          }
          return CLOCK.instant();
        };
    try (AuditTrail trail =
        AuditTrail.at(path(), events, broken, Ticker.system(), Duration.ofSeconds(20))) {
      trail.own();
      note(trail, "a");
      note(trail, "b");
      note(trail, "c");
    }
    assertThat(names(path())).containsExactly("opened", "a", "b", "c", "closed");
    assertThat(check(path()).problems()).isEmpty();
    assertThat(events.told())
        .contains("off a defect, please report it: java.lang.NoClassDefFoundError: clock", "again");
  }

  @Test
  void restart_goesOnWithTheChain() throws IOException {
    for (String name : List.of("a", "b")) {
      try (AuditTrail trail = trail()) {
        trail.own();
        note(trail, name);
      }
    }
    assertThat(names(path())).containsExactly("opened", "a", "closed", "opened", "b", "closed");
    assertThat(lines(path()).get(3).get("reason").getAsString()).isEqualTo("started");
    ChainReport report = check(path());
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.lastSeq()).isEqualTo(6);
    assertThat(report.closed()).isTrue();
    assertThat(events.told()).last().isEqualTo("stands 6 " + report.lastHash());
  }

  @Test
  void rotationByRename_isFollowedAndJoined() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
      Path old = rotated();
      note(trail, "b");
      assertThat(names(old)).containsExactly("opened", "a");
      assertThat(names(path())).containsExactly("opened", "b");
      assertThat(lines(path()).getFirst().get("reason").getAsString()).isEqualTo("rotated");
      assertThat(check(path(), old).problems()).isEmpty();
      assertThat(check(path()).notes()).singleElement().asString().contains("goes on from line 2");
    }
  }

  @Test
  void rotationWithANewFile_isFollowed() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
      Path old = rotated();
      // As logrotate's "create 0640" does.
      Files.createFile(path());
      Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r-----"));
      note(trail, "b");
      assertThat(names(path())).containsExactly("opened", "b");
      assertThat(check(old, path()).problems()).isEmpty();
    }
  }

  @Test
  void idleTrail_followsARotation() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
      Path old = rotated();
      while (Files.notExists(path()) || Files.size(path()) == 0) {
        Thread.onSpinWait();
      }
      assertThat(names(old)).containsExactly("opened", "a");
    }
  }

  @Test
  void truncatedByACopy_isToldAndJoinedToTheCopy() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
      Path copy = Files.copy(path(), folder.resolve("audit.log.1"));
      try (var channel = Files.newByteChannel(path(), StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
      note(trail, "b");
      assertThat(lines(path()).getFirst().get("reason").getAsString()).isEqualTo("changed");
      assertThat(check(copy, path()).problems()).isEmpty();
    }
  }

  @Test
  void linesPutInByOthers_areAProblem() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
      Files.writeString(path(), "{\"seq\":3,\"event\":\"x\"}\n", StandardOpenOption.APPEND);
      note(trail, "b");
      assertThat(names(path())).containsExactly("opened", "a", "x", "opened", "b");
    }
    assertThat(check(path()).problems()).isNotEmpty();
  }

  @Test
  void tornTail_isEndedAndCounted() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "a");
    }
    Files.writeString(path(), "{\"seq\":4,\"ti", StandardOpenOption.APPEND);
    assertThat(check(path()).notes()).anyMatch(note -> note.contains("is not finished"));
    try (AuditTrail trail = trail()) {
      trail.own();
      note(trail, "b");
    }
    assertThat(Files.readAllLines(path()).get(4))
        .contains("\"seq\":4", "\"reason\":\"started\"", "\"torn\":12");
    ChainReport report = check(path());
    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).singleElement().asString().contains("line 4 was cut off by a crash");
  }

  @Test
  void flood_isAFewLinesAndACount() throws IOException {
    try (AuditTrail trail = trail()) {
      trail.own();
      for (int i = 0; i < 10_000; i++) {
        trail.noteOften(
            "refusal", List.of(Field.of("peer_uid", 7)), List.of(Field.of("request", "r" + i)));
      }
    }
    List<JsonObject> refusals =
        lines(path()).stream()
            .filter(line -> line.get("event").getAsString().equals("refusal"))
            .toList();
    long counted =
        refusals.stream().mapToLong(l -> l.has("count") ? l.get("count").getAsLong() : 1).sum();
    assertThat(counted).isEqualTo(10_000);
    assertThat(refusals).hasSizeLessThan(1_000);
    assertThat(refusals.getFirst().get("request").getAsString()).isEqualTo("r0");
    assertThat(check(path()).problems()).isEmpty();
  }

  @Test
  void fullQueue_isAGapThatSaysHowMuch() throws IOException {
    try (AuditTrail trail = trail()) {
      for (int i = 0; i < AuditTrail.CAPACITY + 5; i++) {
        trail.note("thing", Field.of("name", "n" + i));
      }
      trail.own();
      trail.flush(Duration.ofSeconds(20));
      note(trail, "later");
    }
    List<JsonObject> lines = lines(path());
    assertThat(lines.get(AuditTrail.CAPACITY + 1).get("event").getAsString()).isEqualTo("gap");
    assertThat(lines.get(AuditTrail.CAPACITY + 1).get("count").getAsLong()).isEqualTo(5);
    assertThat(lines.get(AuditTrail.CAPACITY + 2).get("name").getAsString()).isEqualTo("later");
    assertThat(events.told()).contains("lost 5");
  }

  @Test
  void secondWriter_waitsForTheFirst() throws IOException {
    AuditTrail first = trail();
    first.own();
    note(first, "a");
    try (AuditTrail second = trail()) {
      second.own();
      second.note("thing", Field.of("name", "b"));
      note(first, "c");
      assertThat(names(path())).containsExactly("opened", "a", "c");
      first.close();
      second.flush(Duration.ofSeconds(20));
    }
    assertThat(names(path()))
        .containsExactly("opened", "a", "c", "closed", "opened", "b", "closed");
    assertThat(check(path()).problems()).isEmpty();
    assertThat(events.told()).noneMatch(told -> told.startsWith("off"));
  }
}
