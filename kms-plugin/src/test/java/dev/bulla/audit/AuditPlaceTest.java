// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.files.ProcessUid;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others could have written is not written to; told once, with what to do, and nothing lost.
 */
@Timeout(60)
final class AuditPlaceTest {
  private static final String FOREIGN = "somebody else's\n";

  @TempDir private Path base;
  private final RecordedTrailEvents events = new RecordedTrailEvents();
  private Path directory;
  private Path path;
  private Path elsewhere;

  @BeforeEach
  void makePlaces() throws IOException {
    directory = Files.createDirectory(base.resolve("directory"));
    path = directory.resolve("audit.log");
    elsewhere = Files.writeString(base.resolve("elsewhere"), FOREIGN);
    chmod(elsewhere, "rw-------");
  }

  private static void chmod(Path path, String mode) throws IOException {
    var _ = Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private interface Remedy {
    void apply() throws IOException;
  }

  private AuditTrail trail() {
    return AuditTrail.at(
        path, events, InstantSource.system(), Ticker.system(), Duration.ofSeconds(20));
  }

  private void assertRefused(String why, Remedy remedy) throws IOException {
    try (AuditTrail trail = trail()) {
      noteInVain(trail);
      assertThat(events.told()).singleElement().asString().startsWith("off ").contains(why);
      assertThat(Files.readString(elsewhere)).isEqualTo(FOREIGN);
      remedy.apply();
    } // which tries once more, at once
    assertKept();
  }

  private void noteInVain(AuditTrail trail) {
    trail.own();
    trail.note("kept");
    while (events.told().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private void assertKept() throws IOException {
    assertThat(events.told()).element(1).isEqualTo("again");
    assertThat(Files.readString(path)).contains("\"event\":\"kept\"");
    assertThat(Files.readString(elsewhere)).isEqualTo(FOREIGN);
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
  void placeThatWasMended_isUsedAgainByItself() throws IOException {
    var _ = Files.createSymbolicLink(path, elsewhere);
    try (AuditTrail trail = trail()) {
      noteInVain(trail);
      delete();
      trail.flush(Duration.ofSeconds(20));
      assertKept();
    }
  }

  @Test
  void secondName_isRefused() throws IOException {
    var _ = Files.createLink(path, elsewhere);
    assertRefused("has 2 names", this::delete);
  }

  @Test
  void fifo_isRefusedAndNeverOpened() throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", "-m", "600", path.toString()).start().waitFor())
        .isZero();
    assertRefused("is not a regular file; move it away", this::delete);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw----", "rw----r--", "rwx------"})
  void widerMode_isRefused(String mode) throws IOException {
    Files.createFile(path);
    chmod(path, mode);
    assertRefused("run 'chmod 640 " + path + "'", () -> chmod(path, "rw-r-----"));
  }

  @Test
  void othersFile_isRefused() throws IOException {
    assumeTrue(ProcessUid.own() == 0, "only root can give a file away");
    Files.createFile(path);
    chmod(path, "rw-------");
    var _ = Files.setAttribute(path, "unix:uid", 12_345, LinkOption.NOFOLLOW_LINKS);
    assertRefused("belongs to uid 12345, not to this process", this::delete);
  }

  @Test
  void foreignFile_isRefused() throws IOException {
    var _ = Files.writeString(path, FOREIGN);
    chmod(path, "rw-------");
    assertRefused("does not end as an audit trail does; move it away", this::delete);
  }

  @Test
  void directoryOfEverybody_isRefused() throws IOException {
    chmod(directory, "rwxrwxrwx");
    assertRefused("run 'chmod o-w " + directory + "'", () -> chmod(directory, "rwx------"));
  }
}
