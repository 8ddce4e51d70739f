// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What others may have put where the packaged plugin has its socket and its journal: it does not
 * follow, write or remove it. And another user at the socket.
 */
@Timeout(value = 120)
final class HostilePathsTest {
  private static final String PRECIOUS = "precious";
  private static final int OTHER = 65_533;

  /** Says hello as an API server does; prints how many bytes come back before the end. */
  private static final String HELLO =
      """
      import socket, sys
      s = socket.socket(socket.AF_UNIX)
      s.settimeout(20)
      try:
          s.connect(sys.argv[1])
          s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
          print(len(s.recv(1)))
      except (BrokenPipeError, ConnectionResetError):
          print(0)
      except PermissionError:
          print("denied")
      """;

  private PluginSite site;
  private Path victim;

  @BeforeEach
  void make() throws Exception {
    site = new PluginSite();
    victim = Files.writeString(site.folder().resolve("victim"), PRECIOUS);
    site.user().own(site.folder());
  }

  @AfterEach
  void remove() throws IOException {
    site.close();
  }

  enum Trap {
    SYMBOLIC_LINK,
    HARD_LINK,
    FIFO,
    DIRECTORY,
    OPEN_PARENT
  }

  private void lay(Trap trap, Path path) throws Exception {
    switch (trap) {
      case SYMBOLIC_LINK -> Files.createSymbolicLink(path, victim);
      case HARD_LINK -> Files.createLink(path, victim);
      case FIFO ->
          assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
      case DIRECTORY -> Files.createDirectory(path);
      case OPEN_PARENT ->
          Files.setPosixFilePermissions(
              path.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    site.user().own(site.folder());
  }

  private static Object identity(Trap trap, Path path) throws IOException {
    return trap == Trap.OPEN_PARENT
        ? "none"
        : Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  @ParameterizedTest
  @EnumSource
  void atTheSocket_isRefusedWithOneLine(Trap trap) throws Exception {
    lay(trap, site.socket());
    Object before = identity(trap, site.socket());
    try (Daemon plugin = site.launch()) {
      Eventually.until("it ends", Duration.ofSeconds(30), () -> !plugin.isAlive());
      assertThat(plugin.stop()).isEqualTo(5);
      assertThat(plugin.log().lines().filter(line -> line.startsWith("bulla: "))).hasSize(1);
    }
    assertThat(identity(trap, site.socket())).isEqualTo(before);
    assertThat(victim).hasContent(PRECIOUS);
  }

  @ParameterizedTest
  @EnumSource
  void atTheJournal_isLeftAloneAndThePluginServes(Trap trap) throws Exception {
    lay(trap, site.journal());
    Object before = identity(trap, site.journal());
    try (Daemon plugin = site.start()) {
      assertThat(plugin.log()).contains("the journal is off");
      assertThat(plugin.stop()).isZero();
    }
    assertThat(identity(trap, site.journal())).isEqualTo(before);
    assertThat(victim).hasContent(PRECIOUS);
  }

  private String hello(int uid) throws Exception {
    // Not the one of root's own PATH, which others may not run.
    Process python =
        new ProcessBuilder(
                site.user().command(uid, "/usr/bin/python3", "-c", HELLO, site.socket().toString()))
            .redirectErrorStream(true)
            .start();
    return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  @Test
  void otherUser_isKeptOutByTheModeAndByItsUid() throws Exception {
    assumeTrue(site.user().canBeOthers(), "only root can be another user");
    try (Daemon plugin = site.start()) {
      assertThat(hello(site.user().uid())).isEqualTo("1");
      assertThat(hello(OTHER)).isEqualTo("denied");
      assertThat(plugin.stop()).isZero();
    }
    // The group may connect: now only the uid tells them apart.
    site.configure("0660", site.user().uid());
    Files.delete(site.folder().resolve("log"));
    try (Daemon plugin = site.start()) {
      assertThat(hello(site.user().uid())).isEqualTo("1");
      assertThat(hello(OTHER)).isEqualTo("0");
      Eventually.until(
          "it says so",
          Duration.ofSeconds(5),
          () -> plugin.log().contains("closed a connection of uid " + OTHER));
    }
  }
}
