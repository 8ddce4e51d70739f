// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.local.LocalKek;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The packaged plugin as a user without rights runs it: a folder of its own, with a key file, a
 * socket and a journal in two folders below.
 */
final class PluginSite implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  private final Path folder;
  private final PluginUser user;

  PluginSite() throws Exception {
    folder = Files.createTempDirectory("bs");
    user = PluginUser.ofOwner(folder);
    // The launcher builds what is stale: that is not for a user without rights.
    if (new ProcessBuilder(launcher(), "version").inheritIO().start().waitFor() != 0) {
      throw new AssertionError("the plugin cannot be built");
    }
    assumeTrue(
        new ProcessBuilder(user.command("test", "-r", launcher())).start().waitFor() == 0,
        "a user without rights cannot read this checkout");
    LocalKek.createKeyFile(folder.resolve("kek"), new SecureRandom());
    // A group may come as far as the socket.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    Files.createDirectory(socket().getParent());
    Files.createDirectory(journal().getParent());
    configure("0600", user.uid());
  }

  static String launcher() {
    return System.getProperty("bulla.launcher", "");
  }

  /** Writes the configuration anew and gives everything to the user. */
  void configure(String mode, long allowedUid) throws IOException {
    Files.writeString(
        configuration(),
        """
        scope: e2e
        socket: { path: %s, mode: "%s", allowedUids: [%d], whenBusy: fail }
        keks:
          - { name: primary, role: write, local: { keyFile: %s } }
        journal: { path: %s }
        """
            .formatted(socket(), mode, allowedUid, folder.resolve("kek"), journal()));
    user.own(folder);
  }

  PluginUser user() {
    return user;
  }

  Path folder() {
    return folder;
  }

  Path configuration() {
    return folder.resolve("bulla.yaml");
  }

  Path socket() {
    return folder.resolve("run/kms.sock");
  }

  Path journal() {
    return folder.resolve("lib/journal");
  }

  /** Starts it without waiting, in its folder, where a core file would be allowed. */
  Daemon launch() throws IOException {
    String[] command = {
      "sh",
      "-c",
      "cd \"$1\" && ulimit -c unlimited 2>/dev/null; exec \"$2\" serve --config \"$3\"",
      "sh",
      folder.toString(),
      launcher(),
      configuration().toString()
    };
    return Daemon.start(folder.resolve("log"), user.command(command));
  }

  /** Starts it and waits until it serves. */
  Daemon start() throws Exception {
    Daemon daemon = launch();
    try {
      Eventually.until("it serves", START, () -> serves(daemon));
      return daemon;
    } catch (Exception | AssertionError e) {
      daemon.close();
      throw e;
    }
  }

  private static boolean serves(Daemon daemon) throws IOException {
    if (!daemon.isAlive()) {
      throw new AssertionError("it ended: " + daemon.log());
    }
    return daemon.log().contains("serving on");
  }

  KmsClient client() {
    return KmsClient.connect(socket().toString(), Duration.ofSeconds(10));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
