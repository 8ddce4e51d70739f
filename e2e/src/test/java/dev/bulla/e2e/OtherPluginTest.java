// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The steps of docs/migrate.md, from another KMS v2 plugin: a small one in Go, of Kubernetes' own
 * module, stands for those of the clouds.
 */
final class OtherPluginTest {
  private static final int SECRETS = 20;
  private static final Duration RELOAD = Duration.ofSeconds(150);

  private Path folder;
  private ControlPlane cluster;
  private BullaProcess bulla;
  private Daemon other;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("bo");
    cluster = new ControlPlane(folder);
    bulla = new BullaProcess(folder);
    other =
        Daemon.start(
            folder.resolve("other.log"),
            List.of(programs().resolve("plugin").toString(), socket()));
    Eventually.until(
        "the other plugin serves", RELOAD, () -> Files.exists(folder.resolve("other.sock")));
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
    other.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private String socket() {
    return folder.resolve("other.sock").toString();
  }

  // Built once, into the cache of the benchmark whose least plugin it is.
  private static Path programs() throws Exception {
    Process build =
        new ProcessBuilder(
                Path.of(System.getProperty("bulla.deploy", ""))
                    .resolveSibling("bench/go/build.sh")
                    .toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.waitFor()).isZero();
    return Path.of(printed.strip());
  }

  private String provider(String name) {
    String endpoint = name.equals("bulla") ? bulla.endpoint() : "unix://" + socket();
    return "      - kms: { apiVersion: v2, name: %s, endpoint: \"%s\", timeout: 3s }\n"
        .formatted(name, endpoint);
  }

  private void providers(String... names) throws IOException {
    cluster.encrypt(
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n"
            + "  - resources: [secrets]\n    providers:\n"
            + Stream.of(names).map(this::provider).collect(Collectors.joining()));
  }

  private boolean isSealedBy(String name, int secret) throws Exception {
    return cluster.stored("secrets/default/s" + secret).startsWith("k8s:enc:kms:v2:" + name + ":");
  }

  private void assertAllRead() throws Exception {
    for (int i = 0; i < SECRETS; i++) {
      assertThat(cluster.secret("s" + i)).isEqualTo("v" + i);
    }
  }

  private void restartApiServer() throws Exception {
    cluster.killApiServer();
    cluster.launch();
    cluster.awaitReady();
  }

  @Test
  void migration_losesNothing_andTheOtherPluginMayGo() throws Exception {
    providers("old-name");
    cluster.launch();
    cluster.awaitReady();
    for (int i = 0; i < SECRETS; i++) {
      assertThat(cluster.createSecret("s" + i, "v" + i)).isEqualTo(201);
    }
    try (Daemon plugin = bulla.start()) {
      // Step 2: Bulla behind the one that writes. On a node, once every API server has it:
      providers("old-name", "bulla");
      restartApiServer();
      assertAllRead();
      assertThat(isSealedBy("old-name", 0)).isTrue();
      // Step 3, read again by itself, and step 4.
      providers("bulla", "old-name");
      Eventually.until(
          "Bulla writes",
          RELOAD,
          () -> cluster.replaceSecret("s0", "v0") == 200 && isSealedBy("bulla", 0));
      for (int i = 0; i < SECRETS; i++) {
        assertThat(cluster.replaceSecret("s" + i, "v" + i)).isEqualTo(200);
        assertThat(isSealedBy("bulla", i)).isTrue();
      }
      // Step 6.
      providers("bulla");
      other.kill();
      restartApiServer();
      assertAllRead();
      assertThat(plugin.isAlive()).isTrue();
    }
  }
}
