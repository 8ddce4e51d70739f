// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.process.Hardening;
import dev.bulla.time.Ticker;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeOrderTest {
  @TempDir private Path folder;

  /** Another KEK's secrets are read later still, when it is opened to be used. */
  @Test
  void localKeyFile_isReadOnlyOnceTheProcessIsHardened() throws Exception {
    Path key = folder.resolve("kek");
    Path file = folder.resolve("bulla.yaml");
    Files.writeString(
        file,
        "scope: order\nsocket: { path: %s/kms.sock }\nkeks:\n  - { name: k, role: write, local: { keyFile: %s } }\n"
            .formatted(folder, key));
    Files.write(key, new byte[5]);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    StringBuilder said = new StringBuilder();
    PrintStream err =
        new PrintStream(OutputStream.nullOutputStream(), true) {
          @Override
          public void println(String line) {
            said.append(line).append('\n');
          }
        };
    LogOutput log =
        new LogOutput(
            OutputStream.nullOutputStream(), false, Ticker.system(), Duration.ofSeconds(20));
    ExitCode code =
        new Main(err, err, log, () -> hardened(said)).run("serve", "--config", file.toString());
    assertThat(code).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(said.toString())
        .startsWith("hardened\n")
        .contains("key file", "nothing was started");
  }

  private static Hardening hardened(StringBuilder said) {
    said.append("hardened\n");
    return NoHardening.apply();
  }
}
