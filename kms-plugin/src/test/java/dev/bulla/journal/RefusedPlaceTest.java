// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static dev.bulla.journal.Samples.append;
import static dev.bulla.journal.Samples.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.files.ProcessUid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others could have written is neither read nor written: told once, with what to do. */
@Timeout(20)
final class RefusedPlaceTest {
  @TempDir private Path base;
  private final RecordedEvents events = new RecordedEvents();
  private Path directory;
  private Path path;
  private Path elsewhere;

  @BeforeEach
  void makePlaces() throws IOException {
    directory = Files.createDirectory(base.resolve("directory"));
    path = directory.resolve("journal");
    elsewhere = base.resolve("elsewhere");
    TestFiles.write(elsewhere, Samples.file("secret"));
  }

  private interface Remedy {
    void apply() throws IOException;
  }

  /** Also: the file elsewhere is not touched, and after the remedy all is well. */
  private void assertRefused(String why, Remedy remedy) throws IOException {
    try (Journal journal = Journal.open(path, events)) {
      assertThat(journal.records()).isEmpty();
      assertThat(events.take()).singleElement().asString().startsWith("notWritten ").contains(why);
      journal.own();
      append(journal, "a", "b");
      assertThat(events.take()).isEmpty();
      assertThat(texts(journal)).containsExactly("b", "a");
      assertThat(Files.readAllBytes(elsewhere)).isEqualTo(Samples.file("secret"));
      remedy.apply();
      append(journal, "c");
      assertThat(events.take()).containsExactly("writtenAgain");
      assertThat(texts(path)).startsWith("c", "b", "a");
    }
  }

  private void delete() throws IOException {
    Files.delete(path);
  }

  @Test
  void symbolicLink_isRefused() throws IOException {
    var _ = Files.createSymbolicLink(path, elsewhere);
    assertRefused("is not a regular file; move it away", this::delete);
  }

  @Test
  void danglingLink_isRefused() throws IOException {
    var _ = Files.createSymbolicLink(path, base.resolve("nothing"));
    assertRefused("is not a regular file; move it away", this::delete);
    assertThat(base.resolve("nothing")).doesNotExist();
  }

  @Test
  void fifo_isRefusedAndNeverOpened() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", "-m", "600", path.toString()).start().waitFor())
        .isZero();
    assertRefused("is not a regular file; move it away", this::delete);
  }

  @Test
  void directoryInItsPlace_isRefused() throws IOException {
    var _ = Files.createDirectory(path);
    assertRefused("is not a regular file; move it away", this::delete);
  }

  @Test
  void secondName_isRefused() throws IOException {
    var _ = Files.createLink(path, elsewhere);
    assertRefused("has 2 names", this::delete);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw-----w-", "rwx------", "rw------x"})
  void widerMode_isRefused(String mode) throws IOException {
    TestFiles.write(path, Samples.file("old"));
    TestFiles.chmod(path, mode);
    assertRefused("run 'chmod 600 " + path + "'", () -> TestFiles.chmod(path, "rw-------"));
    assertThat(texts(path)).containsExactly("c", "b", "a", "old");
  }

  @Test
  void othersFile_isRefused() throws IOException {
    assumeTrue(ProcessUid.own() == 0, "only root can give a file away");
    TestFiles.write(path, Samples.file("planted"));
    var _ = Files.setAttribute(path, "unix:uid", 12_345);
    assertRefused("belongs to uid 12345, not to this process; remove it", this::delete);
  }

  @ParameterizedTest
  @ValueSource(strings = {"something else", "bulla-journal 2\n", "bulla-journal 1 "})
  void foreignFile_isRefused(String beginning) throws IOException {
    TestFiles.write(path, Samples.record(beginning));
    assertRefused("is not a journal of version 1; move it away", this::delete);
  }

  @Test
  void directoryOfEverybody_isRefused() throws IOException {
    TestFiles.write(path, Samples.file("planted"));
    TestFiles.chmod(directory, "rwxrwxrwx");
    assertRefused(
        "run 'chmod o-w " + directory + "'", () -> TestFiles.chmod(directory, "rwx------"));
  }

  @Test
  void directoryOfEverybodyWithStickyBit_isGood() throws IOException {
    var _ = Files.setAttribute(directory, "unix:mode", 01777);
    try (Journal journal = Journal.open(path, events)) {
      journal.own();
      append(journal, "a");
    }
    assertThat(events.take()).isEmpty();
    assertThat(texts(path)).containsExactly("a");
  }

  @Test
  void linkInPlaceOfTheDirectory_isRefused() throws IOException {
    Path real = Files.move(directory, base.resolve("real"));
    var _ = Files.createSymbolicLink(directory, real);
    assertRefused(
        "must be a directory, not a link or a file",
        () -> {
          Files.delete(directory);
          var _ = Files.move(real, directory);
        });
  }

  @Test
  void fileInPlaceOfTheDirectory_isRefused() throws IOException {
    Files.delete(directory);
    TestFiles.write(directory, new byte[0]);
    assertRefused("must be a directory, not a link or a file", () -> Files.delete(directory));
  }

  @Test
  void leftOverOfACompaction_isRemovedByTheOwnerAlone() throws IOException {
    Path left = directory.resolve("journal.new");
    var _ = Files.createSymbolicLink(left, elsewhere);
    try (Journal journal = Journal.open(path, events)) {
      assertThat(Files.exists(left, LinkOption.NOFOLLOW_LINKS)).isTrue();
      journal.own();
      assertThat(Files.exists(left, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }
    assertThat(Files.readAllBytes(elsewhere)).isEqualTo(Samples.file("secret"));
    assertThat(events.take()).isEmpty();
  }

  @Test
  void umask_doesNotChangeTheMode() throws IOException, InterruptedException {
    Process child =
        Child.command("umask 0277", AppendProcess.class, path.toString(), "1", "3").start();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    assertThat((Integer) Files.getAttribute(path, "unix:mode") & 07777).isEqualTo(0600);
  }
}
