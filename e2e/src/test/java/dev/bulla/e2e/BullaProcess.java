// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.local.LocalKek;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** The packaged plugin, run by its launcher, on a socket in a folder. */
final class BullaProcess {
  private final Path folder;
  private List<String> keks = List.of();

  /** On a key file in the folder. */
  BullaProcess(Path folder) throws Exception {
    this(folder, "local: { keyFile: %s }".formatted(keyFile(folder)));
  }

  /** On the KEK that {@code block} describes, such as {@code local: { keyFile: /kek }}. */
  BullaProcess(Path folder, String block) throws Exception {
    this.folder = folder;
    build();
    configure(List.of("name: primary, role: write, " + block), "");
  }

  /** Writes the configuration anew: entries of {@code keks}, and the lines that follow. */
  void configure(List<String> keks, String rest) throws IOException {
    this.keks = keks;
    StringBuilder text =
        new StringBuilder(
            """
            scope: e2e
            socket: { path: %s, mode: "0600", allowedUids: [%s] }
            keks:
            """
                .formatted(socket(), Files.getAttribute(folder, "unix:uid")));
    keks.forEach(kek -> text.append("  - { ").append(kek).append(" }\n"));
    Files.writeString(folder.resolve("bulla.yaml"), text.append(rest));
  }

  /** Writes the configuration anew, with the same KEKs. */
  void configure(String rest) throws IOException {
    configure(keks, rest);
  }

  private static Path keyFile(Path folder) throws IOException {
    Path file = folder.resolve("kek");
    if (!Files.exists(file)) {
      LocalKek.createKeyFile(file, new SecureRandom());
    }
    return file;
  }

  // The launcher builds what is stale; a start that is timed must not begin with that.
  private static void build() throws Exception {
    Process version =
        new ProcessBuilder(System.getProperty("bulla.launcher", ""), "version").inheritIO().start();
    if (version.waitFor() != 0) {
      throw new AssertionError("the plugin cannot be built");
    }
  }

  Path socket() {
    return folder.resolve("kms.sock");
  }

  String endpoint() {
    return "unix://" + socket();
  }

  KmsClient client() {
    return KmsClient.connect(socket().toString(), KmsClient.DEFAULT_TIMEOUT);
  }

  /** Starts one without waiting. */
  Daemon launch() throws IOException {
    return Daemon.start(
        folder.resolve("bulla.log"),
        List.of(
            System.getProperty("bulla.launcher", ""),
            "serve",
            "--config",
            folder.resolve("bulla.yaml").toString()));
  }

  /** Starts one and waits until Status says ok. */
  Daemon start() throws Exception {
    Daemon daemon = launch();
    try {
      Eventually.until("the plugin is ready", Duration.ofSeconds(20), () -> isReady(daemon));
      return daemon;
    } catch (Exception | AssertionError e) {
      // Nobody else knows of it yet: it would outlive the test.
      daemon.close();
      throw new AssertionError(e.getMessage() + "; it said: " + daemon.log(), e);
    }
  }

  private boolean isReady(Daemon daemon) throws IOException {
    if (!daemon.isAlive()) {
      throw new AssertionError("the plugin ended: " + daemon.log());
    }
    if (!Files.exists(socket())) {
      return false;
    }
    try (KmsClient client = KmsClient.connect(socket().toString(), Duration.ofMillis(500))) {
      return client.status().getHealthz().equals("ok");
    } catch (StatusRuntimeException _) {
      return false;
    }
  }
}
