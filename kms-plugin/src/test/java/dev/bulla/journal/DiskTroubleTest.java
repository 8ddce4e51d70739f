// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.record;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.journal.DiskSteps.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails, or is gone: told once, tried again, and memory stays right. */
final class DiskTroubleTest {
  @TempDir private Path base;
  private final RecordedEvents events = new RecordedEvents();
  private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    directory = base.resolve("directory");
    path = directory.resolve("journal");
  }

  /** What stops a step: the disk, a defect of the code, or a jar that was replaced. */
  enum Trouble {
    DISK,
    DEFECT,
    CLASS;

    void at(Step step) throws IOException {
      switch (this) {
        case DISK -> throw new IOException("no disk at " + step);
        case DEFECT -> throw new IllegalStateException("at " + step);
        case CLASS -> throw new NoClassDefFoundError("at " + step);
      }
    }
  }

  /** Fails from a given step on, until it is repaired. */
  private static final class FailingSteps implements DiskSteps {
    private final Trouble trouble;
    private final Set<Step> seen = EnumSet.noneOf(Step.class);
    private int left = Integer.MAX_VALUE;

    FailingSteps() {
      this(Trouble.DISK);
    }

    FailingSteps(Trouble trouble) {
      this.trouble = trouble;
    }

    void failAfter(int steps) {
      left = steps;
    }

    void repair() {
      left = Integer.MAX_VALUE;
    }

    @Override
    public void before(Step step) throws IOException {
      if (left == 0) {
        trouble.at(step);
      }
      left--;
      var _ = seen.add(step);
    }
  }

  /** What the owner does when the disk fails. */
  enum Change {
    /** Of a file that has a torn tail. */
    APPEND("d c b a", "e d c b a"),
    COMPACTION("d c b a", "d b");

    private static final int TORN_BYTES =
        RecordFormat.HEADER_BYTES + 4 * (1 + RecordFormat.OVERHEAD_BYTES) + 5;
    private final String before;
    private final String after;

    Change(String before, String after) {
      this.before = before;
      this.after = after;
    }

    /** Returns the steps that it is made of. */
    Set<Step> steps() {
      return this == APPEND
          ? EnumSet.of(Step.TRUNCATE, Step.APPEND)
          : EnumSet.range(Step.SWEEP, Step.FORCE_DIRECTORY);
    }

    void apply(Journal journal, Path path) throws IOException {
      if (this == APPEND) {
        byte[] torn = Arrays.copyOf(Samples.file("a", "b", "c", "d", "longer"), TORN_BYTES);
        TestFiles.write(path, torn);
        append(journal, "e");
      } else {
        journal.drop(record("a"));
        journal.drop(record("c"));
      }
    }
  }

  private Journal withFour(FailingSteps steps) {
    Journal journal = Journal.open(path, events, steps);
    journal.own();
    append(journal, "a", "b", "c", "d");
    return journal;
  }

  private static String words(Path path) {
    return String.join(" ", texts(path));
  }

  @ParameterizedTest
  @EnumSource
  void crashAtAnyStep_leavesTheOldFileOrTheNew(Change change) throws IOException {
    FailingSteps steps = new FailingSteps();
    boolean crashed = true;
    for (int step = 0; crashed; step++) {
      steps.repair();
      Journal dead = withFour(steps);
      steps.failAfter(step);
      change.apply(dead, path);
      crashed = !events.take().isEmpty();
      assertThat(words(path)).as("step %d", step).isIn(change.before, change.after);
      // The dead one is not closed: another owner follows.
      try (Journal next = Journal.open(path, events)) {
        next.own();
        append(next, "next");
      }
      assertThat(words(path)).isIn("next " + change.before, "next " + change.after);
      assertThat(events.take()).isEmpty();
      assertThat(directory.toFile().list()).containsExactly("journal");
      Files.delete(path);
    }
    assertThat(steps.seen).containsAll(change.steps());
  }

  @ParameterizedTest
  @EnumSource
  void troubleAtAnyStep_isToldOnceAndTriedAgain(Change change) throws IOException {
    for (Trouble trouble : Trouble.values()) {
      troubleAtAnyStep(change, new FailingSteps(trouble));
    }
  }

  private void troubleAtAnyStep(Change change, FailingSteps steps) throws IOException {
    boolean failed = true;
    for (int step = 0; failed; step++) {
      steps.repair();
      try (Journal journal = withFour(steps)) {
        steps.failAfter(step);
        change.apply(journal, path);
        append(journal, "f");
        failed = !events.take().isEmpty();
        if (!failed) {
          steps.repair();
        }
        append(journal, "g");
        assertThat(events.take()).as("told once at step %d", step).isEmpty();
        String expected = "g f " + change.after;
        assertThat(String.join(" ", texts(journal))).isEqualTo(expected);
        steps.repair();
        append(journal, "h");
        assertThat(events.take()).isEqualTo(failed ? List.of("writtenAgain") : List.of());
        assertThat(words(path)).as("step %d", step).isEqualTo("h " + expected);
      }
      Files.delete(path);
    }
  }

  @Test
  void defect_isToldAsOne() throws IOException {
    FailingSteps steps = new FailingSteps(Trouble.CLASS);
    try (Journal journal = withFour(steps)) {
      steps.failAfter(0);
      append(journal, "e");
      steps.repair();
    }
    assertThat(events.take())
        .containsExactly(
            "notWritten a defect, please report it: java.lang.NoClassDefFoundError: at APPEND",
            "writtenAgain");
  }

  @Test
  void directoryThatGoes_isMadeAgainWithAllRecords() throws IOException {
    try (Journal journal = withFour(new FailingSteps())) {
      Files.delete(path);
      Files.delete(directory);
      append(journal, "e");
      assertThat(words(path)).isEqualTo("e d c b a");
    }
    assertThat(events.take()).isEmpty();
  }

  @Test
  void missingParent_isToldAndTriedAgain() throws IOException {
    directory = base.resolve("missing").resolve("directory");
    path = directory.resolve("journal");
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
      assertThat(events.take()).isEmpty();
      append(journal, "a");
      assertThat(events.take())
          .containsExactly(
              "notWritten "
                  + directory
                  + " cannot be made: the directory above it is missing too; create it first");
      var _ = Files.createDirectory(base.resolve("missing"));
      append(journal, "b");
    }
    assertThat(events.take()).containsExactly("writtenAgain");
    assertThat(words(path)).isEqualTo("b a");
  }

  @Test
  void fileThatIsCutOrReplaced_isCompletedFromMemory() throws IOException {
    try (Journal journal = withFour(new FailingSteps())) {
      TestFiles.write(path, Samples.file("a"));
      append(journal, "e");
      assertThat(words(path)).isEqualTo("e d c b a");
      Files.delete(path);
      TestFiles.write(path, Samples.file("planted"));
      append(journal, "f");
      assertThat(words(path)).isEqualTo("f e d c b a planted");
      assertThat(texts(journal)).containsExactly("f", "e", "d", "c", "b", "a", "planted");
    }
    assertThat(events.take()).isEmpty();
  }

  @Test
  void close_triesOnceMore() {
    FailingSteps steps = new FailingSteps();
    try (Journal journal = withFour(steps)) {
      steps.failAfter(0);
      append(journal, "e");
      steps.repair();
      assertThat(words(path)).isEqualTo("d c b a");
    }
    assertThat(words(path)).isEqualTo("e d c b a");
    assertThat(events.take()).containsExactly("notWritten no disk at APPEND", "writtenAgain");
  }
}
