// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.aws.MotoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real kube-apiserver, the packaged plugin, and moto as AWS KMS. */
final class AwsTest {
  private Path folder;
  private MotoServer moto;
  private ControlPlane cluster;

  @BeforeEach
  void start() throws Exception {
    moto = MotoServer.start();
    folder = Files.createTempDirectory("be");
    cluster = new ControlPlane(folder);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    moto.close();
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private BullaProcess plugin(String arn) throws Exception {
    Path credentials =
        Files.writeString(
            folder.resolve("credentials"),
            "[bulla]\naws_access_key_id = AKIATEST\naws_secret_access_key = none\n");
    return new BullaProcess(
        folder,
        "aws: { keyArn: \"%s\", endpoint: \"%s\", allowPlainHttp: true, credentials: { profile: { name: bulla, file: %s } } }"
            .formatted(arn, moto.endpoint(), credentials));
  }

  private void startApiServer() throws Exception {
    cluster.launch();
    cluster.awaitReady();
  }

  @Test
  void secrets_surviveARotationAndRestartsOfBothAndAnOutage() throws Exception {
    String arn = moto.createKey();
    BullaProcess bulla = plugin(arn);
    cluster.encrypt(bulla.endpoint(), List.of(List.of("secrets")));
    Daemon plugin = bulla.start();
    try {
      startApiServer();
      assertThat(cluster.createSecret("before", "one")).isEqualTo(201);
      assertThat(cluster.stored("secrets/default/before")).startsWith("k8s:enc:kms:v2:bulla:");
      String id = arn.substring(arn.indexOf('/') + 1);
      assertThat(moto.call("RotateKeyOnDemand", "{\"KeyId\": \"" + id + "\"}")).contains(id);
      assertThat(plugin.stop()).isZero();
      plugin = bulla.start();
      assertThat(cluster.createSecret("after", "two")).isEqualTo(201);
      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("before")).isEqualTo("one");
      assertThat(cluster.secret("after")).isEqualTo("two");
      moto.close();
      cluster.killApiServer();
      startApiServer();
      assertThat(cluster.secret("before")).isEqualTo("one");
      assertThat(cluster.createSecret("outage", "three")).isEqualTo(201);
    } finally {
      plugin.close();
    }
  }
}
