// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.bulla.files.ProcessUid;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may lie at the path and around it, and what becomes of it. */
@Timeout(60)
final class SocketPathTest {
  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("kms.sock");
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path));
  }

  private static void end(ServerSocketChannel channel) throws IOException {
    channel.close();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void publish_nothingThere_servesAndLeavesOnlyItsLockAfterwards() throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path()))) {
      assertThat(instance.server().reachableAt()).isEmpty();
      assertThat(instance.published().server().reachableAt()).contains(path().toString());
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
      assertThat(names()).containsExactly("kms.sock", "kms.sock.lock");
    }

    assertThat(names()).containsExactly("kms.sock.lock");
    assertThat(Files.getPosixFilePermissions(folder.resolve("kms.sock.lock")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void publish_deadSocket_isDisplaced() throws Exception {
    listen(path()).close();

    try (Instance _ = Instance.start("a", Instance.settings(path())).published()) {
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void publish_tornRecord_asksTheSocketInstead() throws Exception {
    Files.writeString(folder.resolve("kms.sock.lock"), "123 45", StandardCharsets.US_ASCII);
    listen(path()).close();

    try (Instance _ = Instance.start("a", Instance.settings(path())).published()) {
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void publish_liveStranger_isRefusedWhenItMustNotWait() throws Exception {
    try (ServerSocketChannel _ = listen(path());
        Instance instance = Instance.start("a", Instance.failing(Instance.settings(path())))) {
      Optional<FileMark> stranger = FileMark.of(path());

      assertThatIOException()
          .isThrownBy(instance::published)
          .withMessageContaining("another program, not Bulla, serves on unix://" + path())
          .withMessageContaining("socket.whenBusy");
      instance.end();
      assertThat(FileMark.of(path())).isEqualTo(stranger);
      assertThat(names()).containsExactly("kms.sock", "kms.sock.lock");
    }
  }

  @Test
  void publish_liveStranger_isWaitedForAndNeverDisplaced() throws Exception {
    try (ServerSocketChannel stranger = listen(path());
        Instance instance = Instance.start("a", Instance.settings(path()))) {
      Optional<FileMark> mark = FileMark.of(path());
      CompletableFuture<Boolean> publishing = instance.publishing();
      assertThat(instance.events().next("waiting").text()).contains("not Bulla");
      // Its look at the path when it began to wait, and two more.
      for (int look = 0; look < 3; look++) {
        stranger.accept().close();
      }
      assertThat(FileMark.of(path())).isEqualTo(mark);
      assertThat(publishing).isNotDone();

      end(stranger);

      assertThat(publishing.join()).isTrue();
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void close_whileItWaitsForAStranger_endsTheWaitAndLeavesTheStranger() throws Exception {
    try (ServerSocketChannel _ = listen(path());
        Instance instance = Instance.start("a", Instance.settings(path()))) {
      Optional<FileMark> mark = FileMark.of(path());
      CompletableFuture<Boolean> publishing = instance.publishing();
      var _ = instance.events().next("waiting");

      instance.end();

      assertThat(publishing.join()).isFalse();
      assertThat(FileMark.of(path())).isEqualTo(mark);
      assertThat(names()).containsExactly("kms.sock", "kms.sock.lock");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "directory", "link", "dangling", "fifo"})
  void publish_whatIsNotASocket_isRefusedAndUntouched(String kind) throws Exception {
    ServerSocketChannel target = listen(folder.resolve("target"));
    switch (kind) {
      case "file" -> Files.writeString(path(), "precious");
      case "directory" -> Files.createDirectory(path());
      case "link" -> Files.createSymbolicLink(path(), folder.resolve("target"));
      case "dangling" -> Files.createSymbolicLink(path(), folder.resolve("nowhere"));
      case "fifo" -> run("mkfifo", path().toString());
      default -> throw new AssertionError(kind);
    }
    Optional<FileMark> mark = FileMark.of(path());

    try (target;
        Instance instance = Instance.start("a", Instance.settings(path()))) {
      assertThatIOException()
          .isThrownBy(instance::published)
          .withMessageContaining(path() + " is there and is not a socket; move it away");
    }
    assertThat(FileMark.of(path())).isPresent().isEqualTo(mark);
    assertThat(names()).containsExactly("kms.sock", "kms.sock.lock", "target");
  }

  @Test
  void start_directoryThatEverybodyMayWriteTo_isRefused() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatIOException()
        .isThrownBy(() -> Instance.start("a", Instance.settings(path())))
        .withMessageContaining("may be written by everybody")
        .withMessageContaining("chmod o-w");
    assertThat(names()).isEmpty();
  }

  @Test
  void start_directoryThatIsALink_isRefused() throws Exception {
    Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));

    assertThatIOException()
        .isThrownBy(() -> Instance.start("a", Instance.settings(link.resolve("kms.sock"))))
        .withMessageContaining("must be a directory, not a link or a file");
  }

  @Test
  void start_missingDirectory_isMadeForOwnerAndGroup() throws Exception {
    Path made = folder.resolve("bulla");

    try (Instance _ =
        Instance.start("a", Instance.settings(made.resolve("kms.sock"))).published()) {
      assertThat(Files.getPosixFilePermissions(made))
          .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
      assertThat(TestClient.nameAt(made.resolve("kms.sock"))).isEqualTo("a");
    }
  }

  @Test
  void start_twoMissingDirectories_isRefused() {
    assertThatIOException()
        .isThrownBy(() -> Instance.start("a", Instance.settings(folder.resolve("x/y/kms.sock"))))
        .withMessageContaining(folder.resolve("x/y") + " cannot be made")
        .withMessageContaining("create it first");
  }

  @Test
  void publish_pathOf107Bytes_serves() throws Exception {
    int directoryBytes = SocketAddressSpec.MAX_PATH_BYTES - "/kms.sock".length();
    String filler = "d".repeat(directoryBytes - folder.toString().length() - 1);
    Path path = folder.resolve(filler).resolve("kms.sock");

    assertThat(path.toString()).hasSize(107);
    try (Instance _ = Instance.start("a", Instance.settings(path)).published()) {
      assertThat(TestClient.nameAt(path)).isEqualTo("a");
    }
  }

  @Test
  void start_lockThatIsNotARegularFile_isRefused() throws Exception {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve("kms.sock.lock"), victim);

    assertThatIOException()
        .isThrownBy(() -> Instance.start("a", Instance.settings(path())))
        .withMessageContaining("kms.sock.lock is not a regular file");
    assertThat(victim).hasContent("precious");
  }

  @ParameterizedTest
  @ValueSource(strings = {"022", "000", "077"})
  void publish_anyUmask_hasModeAndGroupOfTheSettings(String umask) throws Exception {
    String group = ProcessUid.own() == 0 ? "4242" : Files.getAttribute(folder, "unix:gid") + "";

    try (ChildJvm child =
        ChildJvm.start(umask, ServerProcess.class, "a", path().toString(), group)) {
      assertThat(child.line()).isEqualTo("started");
      assertThat(child.line()).isEqualTo("published");
      assertThat(Files.getPosixFilePermissions(path()))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
      assertThat(Files.getAttribute(path(), "unix:gid")).hasToString(group);
      assertThat(Files.getPosixFilePermissions(folder.resolve("kms.sock.lock")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(child.finish()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-group", "4294967295", "99999999999999999999"})
  void start_groupThatDoesNotExist_isRefusedAndLeavesNothing(String group) throws Exception {
    assertThatIOException()
        .isThrownBy(() -> Instance.start("a", Instance.withGroup(Instance.settings(path()), group)))
        .withMessageContaining("socket.group")
        .withMessageContaining(group);
    assertThat(names()).containsExactly("kms.sock.lock");
  }

  @Test
  void sweep_namesOfKilledInstances_goAndOthersStay() throws Exception {
    SocketSettings settings = Instance.settings(path());
    SocketFile file =
        new SocketFile(new SocketAddressSpec.File(path()), settings, new SecureRandom());
    listen(folder.resolve(".b0123456789")).close();
    listen(folder.resolve(".bother")).close();
    Files.writeString(folder.resolve(".bregularfil"), "precious");
    try (ServerSocketChannel _ = listen(folder.resolve(".blistening0"));
        ServerSocketChannel _ = listen(path())) {
      file.sweep();
      assertThat(names()).as("young").contains(".b0123456789");

      file.sweep(Duration.ofNanos(-Duration.ofMinutes(1).toNanos()));
      assertThat(names()).containsExactly(".blistening0", ".bother", ".bregularfil", "kms.sock");
    }
  }
}
