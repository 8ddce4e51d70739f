// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.client.KmsClient;
import dev.bulla.client.OwnClient;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** {@code bulla serve} on a local KEK in a process of its own, for what is counted from outside. */
final class ServedJvm implements AutoCloseable {
  /** What it says, in the folder that it was given. */
  static final String LOG = "log";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long QUIET_TICKS = 3;

  private final Process process;
  private final Path socket;

  private ServedJvm(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /** Starts it as shipped, with more options of the JVM, and waits until Status says ok. */
  static ServedJvm start(Path folder, String... options) throws IOException {
    return startWith("", folder, options);
  }

  /** The same, with more lines of configuration. */
  static ServedJvm startWith(String more, Path folder, String... options) throws IOException {
    Path socket = folder.resolve("kms.sock");
    LocalKek.createKeyFile(folder.resolve("kek"), new SecureRandom());
    Path configuration = folder.resolve("bulla.yaml");
    Files.writeString(
        configuration,
        """
        scope: gate
        socket: { path: %s }
        keks:
          - { name: primary, role: write, local: { keyFile: %s } }
        %s
        """
            .formatted(socket, folder.resolve("kek"), more));
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.add("@" + Path.of("..", "deploy", "jvm.options"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--config",
            configuration.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(LOG).toFile())
            .start();
    ServedJvm served = new ServedJvm(process, socket);
    served.awaitOk();
    return served;
  }

  // A new connection each time: gRPC's client would try the next one only after a second.
  private void awaitOk() {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isOk()) {
      if (System.nanoTime() - end > 0 || !process.isAlive()) {
        process.destroyForcibly();
        throw new AssertionError("bulla serve did not become ok");
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private boolean isOk() {
    try (OwnClient client = OwnClient.connect(socket.toString(), TIMEOUT)) {
      return client.call("Status", StatusRequest.getDefaultInstance()).ok();
    } catch (IOException _) {
      return false;
    }
  }

  KmsClient connect() {
    return KmsClient.connect(socket.toString(), TIMEOUT);
  }

  /** Waits until the plugin has warmed up for good: a second with hardly any work in it. */
  void awaitQuiet() throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    long before = -QUIET_TICKS;
    for (long now = ticks(); now - before >= QUIET_TICKS; now = ticks()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("bulla serve does not become quiet");
      }
      before = now;
      Thread.sleep(1_000);
    }
  }

  // User and system time of /proc/PID/stat (proc_pid_stat(5)), behind the name in brackets.
  private long ticks() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
