// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekContract;
import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on a real key file, and the file's own rules. */
final class LocalKekTest extends KekContract {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = folder.resolve("kek");
    if (!Files.exists(file)) {
      write(file, line());
    }
  }

  private static String line() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return Base64.getEncoder().encodeToString(key) + "\n";
  }

  private static void write(Path path, String content) throws IOException {
    Files.writeString(path, content, StandardCharsets.US_ASCII);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }

  @Override
  protected Kek open() throws Exception {
    makeFile();
    return LocalKek.open(file, "contract");
  }

  @Override
  protected Kek openForOtherScope() throws Exception {
    return LocalKek.open(file, "other");
  }

  @Override
  protected Kek openOtherKey() throws Exception {
    Path other = folder.resolve("other");
    write(other, line());
    return LocalKek.open(other, "contract");
  }

  @Override
  protected void rotate() throws Exception {
    write(file, Files.readString(file) + line());
  }

  @Override
  protected Optional<String> cannot(Promise promise) {
    return promise == Promise.TIME_IS_TOLD ? Optional.of("a file has no clock") : Optional.empty();
  }

  @Override
  protected Optional<String> inject(Fault fault) throws Exception {
    switch (fault) {
      case DOWN -> Files.delete(file);
      case DENIED ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      case RECREATED -> write(file, line());
      default -> {
        return Optional.of("a key file cannot be " + fault);
      }
    }
    return Optional.empty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rwx------", "rw--w----"})
  void open_ofAFileThatOthersMayTouch_isDeniedWithTheCommand(String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatThrownBy(() -> LocalKek.open(file, "s"))
        .isInstanceOf(KekException.Denied.class)
        .hasMessageContaining("chmod 0600 " + file);
  }

  @Test
  void open_ofALink_isDenied() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> LocalKek.open(link, "s")).isInstanceOf(KekException.Denied.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAAA", "not base64 at all!", "\n\n", ""})
  void open_ofAnotherContent_saysWhatIsAllowed(String content) throws IOException {
    write(file, content);
    assertThatThrownBy(() -> LocalKek.open(file, "s"))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessageContaining("base64 key");
  }

  @Test
  void open_ofABadLine_namesItAndNotItsContent() throws IOException {
    write(file, line() + "\nc2VjcmV0\n" + line());
    assertThatThrownBy(() -> LocalKek.open(file, "s"))
        .hasMessageContaining("line 3")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void open_ofTooManyKeys_isRefused() throws IOException {
    write(file, line().repeat(257));
    assertThatThrownBy(() -> LocalKek.open(file, "s")).hasMessageContaining("line 257");
  }

  @Test
  void createKeyFile_makesOneThatOpensAndOverwritesNothing() throws Exception {
    Path made = folder.resolve("made");
    LocalKek.createKeyFile(made, RANDOM);
    try (Kek kek = LocalKek.open(made, "s")) {
      assertThat(kek.describe(soon()).current().value().size()).isEqualTo(4);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> LocalKek.createKeyFile(made, RANDOM))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
