// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import dev.bulla.kek.vault.BaoCluster;
import dev.bulla.kek.vault.BaoKey;
import dev.bulla.kek.vault.OpenBao;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real kube-apiserver sees of what happens to a real OpenBao, its key and its tokens. */
final class VaultFaultsTest {
  private Site site;

  @BeforeEach
  void open() throws Exception {
    site = Site.open();
  }

  @AfterEach
  void close() throws Exception {
    site.close();
  }

  private Path baoFolder() throws Exception {
    return Files.createDirectories(site.folder().resolve("bao"));
  }

  private BaoKey key(OpenBao bao) throws Exception {
    return BaoKey.create(bao, "prod", baoFolder());
  }

  private ControlPlane cluster() {
    return site.cluster();
  }

  private void create(String name, String value) throws Exception {
    assertThat(cluster().createSecret(name, value)).isEqualTo(201);
  }

  /** Returns the envelope of a seed whose first byte is {@code mark}. */
  private EncryptResponse sealed(int mark) {
    byte[] seed = new byte[32];
    seed[0] = (byte) mark;
    try (KmsClient client = site.client()) {
      return client.encrypt(seed);
    }
  }

  private void assertOpens(EncryptResponse sealed, int mark) {
    try (KmsClient client = site.client()) {
      assertThat(client.decrypt(sealed).getPlaintext().byteAt(0)).isEqualTo((byte) mark);
    }
  }

  @Test
  void minDecryptionVersionRaisedTooEarly_closesNothingInMemory_andIsMendedByLoweringIt()
      throws Exception {
    try (OpenBao bao = OpenBao.start(baoFolder())) {
      BaoKey key = key(bao);
      site.serve(key.entry());
      create("old", "one");
      key.rotate();
      key.config("{\"min_decryption_version\":2}");
      site.restartApiServer();
      assertThat(cluster().secret("old")).isEqualTo("one");
      site.restartPlugin();
      site.relaunchApiServer();
      assertUnreadable("old");
      assertThat(site.plugin().log()).contains("min_decryption_version").contains("lower it");
      key.config("{\"min_decryption_version\":1}");
      cluster().awaitReady();
      assertThat(cluster().secret("old")).isEqualTo("one");
      create("new", "two");
    }
  }

  // An error that names Bulla, and never a byte of the value.
  private void assertUnreadable(String name) throws Exception {
    HttpResponse<String> answer = read(name);
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("bulla: ").doesNotContain("\"data\"", "bad ciphertext");
  }

  private HttpResponse<String> read(String name) throws Exception {
    return cluster().call("GET", "/api/v1/namespaces/default/secrets/" + name, "");
  }

  @Test
  void seal_stopsNothing_andAPluginThatStartedMeanwhileServesAfterTheUnseal() throws Exception {
    try (OpenBao bao = OpenBao.start(baoFolder())) {
      site.serve(key(bao).entry());
      create("before", "one");
      try (ApiTraffic traffic = ApiTraffic.start(site, "sealed")) {
        bao.seal();
        traffic.awaitTurns(100);
        traffic.assertNoneFailed();
      }
      site.restartApiServer();
      assertThat(cluster().secret("before")).isEqualTo("one");
      site.relaunchPlugin();
      bao.unseal();
      Eventually.until("it serves", Duration.ofSeconds(10), () -> answersOk());
      site.restartApiServer();
      assertThat(cluster().secret("before")).isEqualTo("one");
      create("after", "two");
    }
  }

  private boolean answersOk() {
    try {
      return !site.keyId().isEmpty();
    } catch (StatusRuntimeException _) {
      return false;
    }
  }

  @Test
  void keyDeletedAndMadeAgain_givesNoWrongByte_andIsNamed() throws Exception {
    try (OpenBao bao = OpenBao.start(baoFolder())) {
      BaoKey key = key(bao);
      site.serve(key.entry());
      create("old", "one");
      String first = site.keyId();
      EncryptResponse sealed = sealed(7);
      key.recreate();
      // A plugin that notices may refuse; one that does not has the DEK. Neither errs.
      for (int i = 0; i < 100; i++) {
        assertOpensOrRefuses(sealed, 7);
      }
      assertThat(cluster().secret("old")).isIn("one", "status 500");
      site.restartPlugin();
      assertThat(site.keyId()).isNotEqualTo(first);
      site.relaunchApiServer();
      assertUnreadable("old");
      assertThat(site.plugin().log()).contains("deleted and made again under the same name");
      assertOpens(sealed(8), 8);
    }
  }

  private void assertOpensOrRefuses(EncryptResponse sealed, int mark) {
    try {
      assertOpens(sealed, mark);
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getDescription()).startsWith("bulla: the KEK is");
    }
  }

  @Test
  void tokenRevoked_andSecretIdReplacedOnDisk_stopNothing() throws Exception {
    try (OpenBao bao = OpenBao.start(baoFolder())) {
      BaoKey key = key(bao);
      site.serve(key.entry());
      EncryptResponse one = sealed(1);
      site.restartPlugin();
      EncryptResponse two = sealed(2);
      site.restartPlugin();
      try (ApiTraffic traffic = ApiTraffic.start(site, "token")) {
        traffic.awaitTurns(10);
        bao.revokeTokens();
        assertOpens(one, 1);
        traffic.awaitTurns(40);
        key.destroySecretId();
        key.newSecretId();
        bao.revokeTokens();
        assertOpens(two, 2);
        traffic.awaitTurns(40);
        traffic.assertNoneFailed();
      }
      assertThat(bao.logins()).isEqualTo(1);
    }
  }

  @Test
  void deathOfTheActiveNode_stopsNothing() throws Exception {
    try (BaoCluster three = BaoCluster.start(baoFolder())) {
      site.serve(three.entry(key(three.active())));
      EncryptResponse sealed = sealed(3);
      site.restartPlugin();
      try (ApiTraffic traffic = ApiTraffic.start(site, "killed")) {
        traffic.awaitTurns(20);
        three.active().kill();
        assertOpens(sealed, 3);
        traffic.awaitTurns(160);
        traffic.assertNoneFailed();
      }
      site.restartPlugin();
      site.restartApiServer();
      assertThat(cluster().secret("killed1")).isEqualTo("value-1");
      create("after", "two");
    }
  }
}
