// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job: a real kube-apiserver stores its Secrets through the packaged plugin. */
final class KubeApiServerTest {
  private static final List<List<String>> SECRETS = List.of(List.of("secrets"));
  private static final String ENCRYPTS =
      "apiserver_envelope_encryption_kms_operations_latency_seconds_count";

  private Path folder;
  private BullaProcess bulla;
  private ControlPlane cluster;

  @BeforeEach
  void makeFolder() throws Exception {
    // Short: a socket's path has at most 107 bytes.
    folder = Files.createTempDirectory("be");
    bulla = new BullaProcess(folder);
    cluster = new ControlPlane(folder);
    cluster.encrypt(bulla.endpoint(), SECRETS);
  }

  @AfterEach
  void removeFolder() throws Exception {
    cluster.close();
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private void startApiServer() throws Exception {
    cluster.launch();
    cluster.awaitReady();
  }

  private double encrypts() throws Exception {
    return cluster.metric(ENCRYPTS, "Encrypt", "\"OK\"");
  }

  @Test
  void secrets_areStoredSealedAndSurviveRestartsOfEither() throws Exception {
    Daemon plugin = bulla.start();
    try {
      startApiServer();
      assertThat(cluster.createSecret("one", "plain-value-1")).isEqualTo(201);
      assertThat(cluster.secret("one")).isEqualTo("plain-value-1");
      assertThat(cluster.stored("secrets/default/one"))
          .startsWith("k8s:enc:kms:v2:bulla:")
          .contains("dek.bulla.dev")
          .doesNotContain("plain-value-1");
      assertThat(cluster.call("GET", "/api/v1/secrets", "").body()).contains("\"one\"");
      String put = "{\"metadata\":{\"name\":\"one\"},\"stringData\":{\"v\":\"plain-value-2\"}}";
      assertThat(cluster.call("PUT", "/api/v1/namespaces/default/secrets/one", put).statusCode())
          .isEqualTo(200);
      assertThat(cluster.secret("one")).isEqualTo("plain-value-2");
      assertThat(cluster.call("GET", "/metrics", "").body()).contains(keyIdHash());

      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("one")).isEqualTo("plain-value-2");

      double before = encrypts();
      assertThat(plugin.stop()).isZero();
      plugin = bulla.start();
      assertThat(cluster.createSecret("two", "b")).isEqualTo(201);
      plugin.kill();
      assertThat(Files.exists(bulla.socket())).isTrue();
      plugin = bulla.start();
      assertThat(cluster.createSecret("three", "c")).isEqualTo(201);
      assertThat(cluster.call("GET", "/healthz/kms-providers", "").statusCode()).isEqualTo(200);
      assertThat(encrypts()).as("a restart makes no new seed").isEqualTo(before).isPositive();

      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("one")).isEqualTo("plain-value-2");
      assertThat(cluster.secret("three")).isEqualTo("c");
    } finally {
      plugin.close();
    }
  }

  // What the API server itself publishes, in its metrics, of our key_id.
  private String keyIdHash() throws Exception {
    try (KmsClient client = bulla.client()) {
      byte[] id = client.status().getKeyId().getBytes(StandardCharsets.UTF_8);
      return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id));
    }
  }

  @Test
  void plugin_startedAfterTheApiServer_isFound() throws Exception {
    cluster.launch();
    Eventually.until(
        "the API server says that its plugin is missing",
        Duration.ofSeconds(60),
        () -> Files.exists(folder.resolve("certs/apiserver.crt")) && isMissing());
    try (Daemon plugin = bulla.start()) {
      cluster.awaitReady();
      Eventually.until(
          "writes work", Duration.ofSeconds(150), () -> cluster.createSecret("late", "x") == 201);
      assertThat(cluster.secret("late")).isEqualTo("x");
      assertThat(plugin.isAlive()).isTrue();
    }
  }

  private boolean isMissing() throws Exception {
    try {
      return cluster.call("GET", "/readyz/kms-providers", "").statusCode() == 500;
    } catch (java.io.IOException _) {
      return false;
    }
  }

  @Test
  void configuration_reloadedWithASecondGroup_usesTwoEntriesOnOneSocket() throws Exception {
    try (Daemon plugin = bulla.start()) {
      startApiServer();
      assertThat(cluster.createSecret("s", "x")).isEqualTo(201);
      cluster.encrypt(bulla.endpoint(), List.of(List.of("secrets"), List.of("configmaps")));
      AtomicInteger number = new AtomicInteger();
      Eventually.until(
          "ConfigMaps are sealed under the second entry",
          Duration.ofMinutes(2),
          () -> isSealedUnderSecondEntry("m" + number.getAndIncrement()));
      assertThat(cluster.secret("s")).isEqualTo("x");
      assertThat(plugin.isAlive()).isTrue();
    }
  }

  private boolean isSealedUnderSecondEntry(String name) throws Exception {
    String map = "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"v\":\"y\"}}";
    cluster.call("POST", "/api/v1/namespaces/default/configmaps", map);
    return cluster.stored("configmaps/default/" + name).startsWith("k8s:enc:kms:v2:bulla1:");
  }

  @Test
  void everything_canBeSealed() throws Exception {
    cluster.encrypt(bulla.endpoint(), List.of(List.of("*.*")));
    try (Daemon plugin = bulla.start()) {
      startApiServer();
      assertThat(cluster.stored("namespaces/default")).startsWith("k8s:enc:kms:v2:bulla:");
      assertThat(cluster.createSecret("s", "x")).isEqualTo(201);
      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("s")).isEqualTo("x");
      assertThat(plugin.isAlive()).isTrue();
    }
  }
}
