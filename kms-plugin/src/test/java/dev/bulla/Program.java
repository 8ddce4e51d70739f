// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.memory.LauncherOptions;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The program in a process of its own, with the JVM options of its launcher, in a folder. */
final class Program implements AutoCloseable {
  static final String SCOPE = "prod-eu1";
  private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

  private final Path folder;
  private final Process process;

  private Program(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * What the kernel says of a process.
   *
   * @param rssKib resident memory
   * @param files open file descriptors; -1 where only root may count them
   */
  record Usage(long rssKib, int threads, int files) {}

  /** Starts {@code bulla serve} on a key file and waits until Status says ok. */
  static Program start(Path folder, long allowedUid) throws Exception {
    return start(folder, allowedUid, "", Main.class, List.of());
  }

  /** Starts it with {@code more} lines in its file, by another main class, behind a prefix. */
  static Program start(
      Path folder, long allowedUid, String more, Class<?> main, List<String> prefix)
      throws Exception {
    Path kek = keyFile(folder);
    if (!Files.exists(kek)) {
      LocalKek.createKeyFile(kek, new SecureRandom());
    }
    Path file = folder.resolve("bulla.yaml");
    Files.writeString(
        file,
        """
        scope: %s
        socket: { path: %s, allowedUids: [%d] }
        keks:
          - { name: primary, role: write, local: { keyFile: %s } }
        %s
        """
            .formatted(SCOPE, folder.resolve("kms.sock"), allowedUid, kek, more));
    Process process = launch(folder, prefix, main, "serve", "--config", file.toString());
    Program program = new Program(folder, process);
    program.awaitLine("serving on");
    return program;
  }

  /** Starts a main class with the launcher's options, behind a prefix. */
  static Process launch(Path folder, List<String> prefix, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(LauncherOptions.read());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().putAll(LauncherOptions.environment());
    return builder.start();
  }

  static Path keyFile(Path folder) {
    return folder.resolve("kek");
  }

  Path socket() {
    return folder.resolve("kms.sock");
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns what it wrote to standard error. */
  String log() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }

  /** Waits until it has logged {@code text}. */
  void awaitLine(String text) throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!log().contains(text)) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        throw new AssertionError("no line with '" + text + "' in: " + log());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Connects, and waits until Status says ok. */
  KmsClient client() {
    KmsClient client = KmsClient.connect(socket().toString(), Duration.ofSeconds(10));
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isOk(client)) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("Status does not become ok");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return client;
  }

  private static boolean isOk(KmsClient client) {
    try {
      return client.status().getHealthz().equals("ok");
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  Usage usage() throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/" + pid() + "/status"));
    return new Usage(number(status, "VmRSS:"), (int) number(status, "Threads:"), openFiles());
  }

  private static long number(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  private int openFiles() throws IOException {
    Path files = Path.of("/proc/" + pid() + "/fd");
    if (!Files.isReadable(files)) {
      return -1;
    }
    try (Stream<Path> open = Files.list(files)) {
      return (int) open.count();
    }
  }

  /** Sends a signal, such as {@code QUIT}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  /** SIGTERM; waits for its end. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
