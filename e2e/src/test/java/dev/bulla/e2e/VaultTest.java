// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
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

  private Path folder;
  private String address;
  private Daemon bao;
  private ControlPlane cluster;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeFalse(PROGRAM.isEmpty(), "-Dbulla.bao=$(e2e/openbao/build.sh) runs this");
    folder = Files.createTempDirectory("be");
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
    cluster = new ControlPlane(folder);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    bao.close();
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private int setUp() throws Exception {
    Path root = Path.of(System.getProperty("bulla.launcher", "")).toAbsolutePath().getParent();
    return run(
        "setup.log", root + "/deploy/vault/setup.sh", "prod", folder.resolve("approle").toString());
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
    return builder.redirectOutput(folder.resolve(log).toFile()).start().waitFor();
  }

  private BullaProcess plugin() throws Exception {
    return new BullaProcess(
        folder,
        "vault: { address: \"%s\", allowPlainHttp: true, mount: transit, key: prod, auth: { appRole: { roleIdFile: %s, secretIdFile: %s } } }"
            .formatted(
                address, folder.resolve("approle/role-id"), folder.resolve("approle/secret-id")));
  }

  private void startApiServer() throws Exception {
    cluster.launch();
    cluster.awaitReady();
  }

  private static String keyId(BullaProcess bulla) {
    try (KmsClient client = bulla.client()) {
      return client.status().getKeyId();
    }
  }

  @Test
  void secrets_surviveARotationAndRestartsOfBothAndAnOutage() throws Exception {
    BullaProcess bulla = plugin();
    cluster.encrypt(bulla.endpoint(), List.of(List.of("secrets")));
    Daemon plugin = bulla.start();
    try {
      startApiServer();
      assertThat(cluster.createSecret("before", "one")).isEqualTo(201);
      assertThat(cluster.stored("secrets/default/before")).startsWith("k8s:enc:kms:v2:bulla:");
      String first = keyId(bulla);
      assertThat(bao("write", "-f", "transit/keys/prod/rotate")).isZero();
      assertThat(plugin.stop()).isZero();
      plugin = bulla.start();
      assertThat(keyId(bulla)).isNotEqualTo(first);
      assertThat(cluster.createSecret("after", "two")).isEqualTo(201);
      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("before")).isEqualTo("one");
      assertThat(cluster.secret("after")).isEqualTo("two");
      bao.kill();
      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("before")).isEqualTo("one");
      assertThat(cluster.createSecret("outage", "three")).isEqualTo(201);
    } finally {
      plugin.close();
    }
  }
}
