// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program with a standard error that is a full pipe which nobody reads. */
@Timeout(120)
final class UnreadLogTest {
  /** What a pipe of Linux holds. */
  private static final int PIPE_BYTES = 65_536;

  @TempDir private Path folder;

  private Process serve(Path socket) throws Exception {
    Path key = folder.resolve("kek");
    LocalKek.createKeyFile(key, new SecureRandom());
    Path file =
        Files.writeString(
            folder.resolve("bulla.yaml"),
            """
            scope: test
            socket: { path: %s, allowedUids: [%s] }
            keks:
              - { name: k, role: write, local: { keyFile: %s } }
            """
                .formatted(socket, Files.getAttribute(folder, "unix:uid"), key));
    return new ProcessBuilder(
            List.of(
                "sh",
                "-c",
                "head -c " + PIPE_BYTES + " /dev/zero >&2; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.bulla.Main",
                "serve",
                "--config",
                file.toString()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void awaitOk(KmsClient client) {
    boolean ok = false;
    while (!ok) {
      try {
        ok = client.status().getHealthz().equals("ok");
      } catch (StatusRuntimeException _) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void unreadLog_stopsNeitherACallNorTheEnd() throws Exception {
    Path socket = folder.resolve("kms.sock");
    Process process = serve(socket);
    try (KmsClient client = KmsClient.connect(socket.toString(), Duration.ofSeconds(5))) {
      awaitOk(client);
      EncryptResponse sealed = client.encrypt(new byte[32]);
      assertThat(client.decrypt(sealed).getPlaintext().size()).isEqualTo(32);
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
