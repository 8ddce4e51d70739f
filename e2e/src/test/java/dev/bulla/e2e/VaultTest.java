// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real kube-apiserver, the packaged plugin, and a real OpenBao set up by the shipped commands.
 */
final class VaultTest {
  private static final String PROGRAM = System.getProperty("bulla.bao", "");
  private static final String ROOT = "root-of-a-test";

  private String address;
  private Daemon bao;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeFalse(PROGRAM.isEmpty(), "-Dbulla.bao=$(e2e/openbao/build.sh) runs this");
    site = Site.open();
    Path folder = site.folder();
    String at = "127.0.0.1:" + freePort();
    address = "http://" + at;
    bao =
        Daemon.start(
            folder.resolve("bao.log"),
            List.of(
                PROGRAM,
                "server",
                "-dev",
                "-dev-no-store-token",
                "-dev-root-token-id=" + ROOT,
                "-dev-listen-address=" + at));
    Eventually.until("OpenBao answers", Duration.ofSeconds(30), () -> bao("status") == 0);
    assertThat(setUp()).as(Files.readString(folder.resolve("setup.log"))).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    site.close();
    bao.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private int setUp() throws Exception {
    return run(
        "setup.log",
        Path.of(System.getProperty("bulla.deploy", ""), "vault", "setup.sh").toString(),
        "prod",
        site.folder().resolve("approle").toString());
  }

  private int bao(String... arguments) throws Exception {
    return run(
        "bao-cli.log",
        Stream.concat(Stream.of(PROGRAM), Arrays.stream(arguments)).toArray(String[]::new));
  }

  private int run(String log, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLI", PROGRAM);
    builder.environment().put("BAO_ADDR", address);
    builder.environment().put("BAO_TOKEN", ROOT);
    return builder.redirectOutput(site.folder().resolve(log).toFile()).start().waitFor();
  }

  private String kek() {
    return "vault: { address: \"%s\", allowPlainHttp: true, mount: transit, key: prod, auth: { appRole: { roleIdFile: %s, secretIdFile: %s } } }"
        .formatted(
            address,
            site.folder().resolve("approle/role-id"),
            site.folder().resolve("approle/secret-id"));
  }

  @Test
  void secrets_surviveARotationAndRestartsOfBothAndAnOutage() throws Exception {
    // Without a delay a start uses the newest version there is.
    site.serve(List.of("name: primary, role: write, " + kek()), "rotation: { delay: 0s }\n");
    String first = site.keyId();
    site.assertSurvives(this::rotate, bao::kill);
    assertThat(site.keyId()).isNotEqualTo(first);
  }

  private void rotate() throws Exception {
    assertThat(bao("write", "-f", "transit/keys/prod/rotate")).isZero();
  }
}
