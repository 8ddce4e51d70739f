// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.aws.MotoServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two KEKs of two kinds: one is lost, or data move from one to the other and back. */
final class MigrationTest {
  private static final int SECRETS = 8;

  private MotoServer moto;
  private Site site;
  private BaoLink bao;

  @BeforeEach
  void start() throws Exception {
    moto = MotoServer.start();
    site = Site.open();
    bao = BaoLink.start(site);
  }

  @AfterEach
  void stop() throws Exception {
    site.close();
    bao.close();
    moto.close();
  }

  private String aws(String role) throws Exception {
    Path credentials =
        Files.writeString(
            site.folder().resolve("credentials"),
            "[bulla]\naws_access_key_id = AKIATEST\naws_secret_access_key = none\n");
    return "name: aws, role: %s, aws: { keyArn: \"%s\", endpoint: \"%s\", allowPlainHttp: true, credentials: { profile: { name: bulla, file: %s } } }"
        .formatted(role, arn(), moto.endpoint(), credentials);
  }

  private String arn() throws Exception {
    Path file = site.folder().resolve("arn");
    return Files.exists(file)
        ? Files.readString(file)
        : Files.readString(Files.writeString(file, moto.createKey()));
  }

  private String vault(String role) throws Exception {
    return "name: vault, role: " + role + ", " + bao.block();
  }

  private void step(String rest, String... keks) throws Exception {
    site.configure(List.of(keks), rest);
    site.restartPlugin();
    site.restartApiServer();
    assertAllRead();
  }

  private void rewrite() throws Exception {
    for (int i = 0; i < SECRETS; i++) {
      assertThat(site.cluster().replaceSecret("s" + i, "v" + i)).isEqualTo(200);
    }
  }

  private void assertAllRead() throws Exception {
    for (int i = 0; i < SECRETS; i++) {
      assertThat(site.cluster().secret("s" + i)).isEqualTo("v" + i);
    }
  }

  private void create() throws Exception {
    for (int i = 0; i < SECRETS; i++) {
      assertThat(site.cluster().createSecret("s" + i, "v" + i)).isEqualTo(201);
    }
  }

  @Test
  void primaryIsDestroyed_everythingReadsThroughRecovery() throws Exception {
    site.serve(List.of(aws("write"), vault("recovery")), "");
    create();
    moto.close();
    site.restartApiServer();
    assertAllRead();
    // The operator makes the recovery KEK the one that writes.
    step("", vault("write"), aws("decrypt"));
    assertThat(site.cluster().createSecret("new", "one")).isEqualTo(201);
  }

  @Test
  void migration_fromAwsToVaultAndBack_losesNothing() throws Exception {
    site.serve(List.of(aws("write")), "");
    create();
    step("", aws("write"), vault("recovery"));
    rewrite();
    step("", vault("write"), aws("decrypt"));
    rewrite();
    step("", vault("write"));
    step("rotation: { generation: 2 }\n", aws("write"), vault("decrypt"));
    rewrite();
    step("rotation: { generation: 2 }\n", aws("write"));
    bao.cut();
    site.restartPlugin();
    site.restartApiServer();
    assertAllRead();
  }
}
