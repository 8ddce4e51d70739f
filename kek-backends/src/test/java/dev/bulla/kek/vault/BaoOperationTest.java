// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a real OpenBao with raft while Bulla uses it. */
final class BaoOperationTest {
  private final Path folder;
  private final List<Notice> notices = new ArrayList<>();
  private final OpenBao bao;
  private BaoKey key;

  BaoOperationTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.bao = OpenBao.startDurable(folder);
    this.key = BaoKey.create(bao, "k", folder);
  }

  @AfterEach
  void stop() {
    bao.close();
  }

  private VaultKek open() throws Exception {
    return VaultKek.open(BaoKey.settings(key.yaml()), "scope", new Notices(notices::add));
  }

  private static WrappedKey wrapped(Kek kek) throws KekException {
    try (KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
      return kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
    }
  }

  private static void pause(Duration time) throws InterruptedException {
    var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void revokedToken_costsOneLoginAndNoFailedCall() throws Exception {
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      assertThat(bao.logins()).isEqualTo(1);
      bao.revokeTokens();
      assertThat(bao.logins()).isZero();
      kek.unwrap(wrapped, BaoKey.soon()).close();
      assertThat(bao.logins()).isEqualTo(1);
    }
  }

  @Test
  void tokensOfFiveSeconds_failNoCall() throws Exception {
    key = BaoKey.create(bao, "short", folder, "\"token_ttl\":\"5s\",\"token_max_ttl\":\"12s\"");
    long calls = 0;
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      Deadline end = Deadline.after(Duration.ofSeconds(20), Ticker.system());
      while (!end.expired()) {
        kek.unwrap(wrapped, BaoKey.soon()).close();
        pause(Duration.ofMillis(20));
        calls++;
      }
    }
    assertThat(calls).isGreaterThan(300);
  }

  @Test
  void idleToken_isRenewedInTheBackground() throws Exception {
    key = BaoKey.create(bao, "idle", folder, "\"token_ttl\":\"5s\",\"token_max_ttl\":\"1h\"");
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      key.destroySecretId();
      pause(Duration.ofSeconds(9));
      kek.unwrap(wrapped, BaoKey.soon()).close();
    }
  }

  @Test
  void sealed_isUnavailable_andServesAgainWithinTwoSecondsOfTheUnseal() throws Exception {
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      bao.seal();
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> kek.unwrap(wrapped, BaoKey.soon()))
            .isInstanceOf(KekException.Unavailable.class)
            .hasMessageContaining("sealed");
      }
      bao.unseal();
      kek.unwrap(wrapped, Deadline.after(Duration.ofSeconds(2), Ticker.system())).close();
    }
  }

  @Test
  void firstLoginWhileSealed_succeedsWithinTwoSecondsOfTheUnseal() throws Exception {
    WrappedKey wrapped;
    try (Kek kek = open()) {
      wrapped = wrapped(kek);
    }
    bao.seal();
    try (Kek kek = open()) {
      assertThatThrownBy(() -> kek.unwrap(wrapped, BaoKey.soon()))
          .isInstanceOf(KekException.Unavailable.class);
      bao.unseal();
      Deadline end = Deadline.after(Duration.ofSeconds(2), Ticker.system());
      while (!opens(kek, wrapped)) {
        assertThat(end.expired()).isFalse();
        pause(Duration.ofMillis(50));
      }
    }
  }

  private static boolean opens(Kek kek, WrappedKey wrapped) {
    try {
      kek.unwrap(wrapped, BaoKey.soon()).close();
      return true;
    } catch (KekException _) {
      return false;
    }
  }

  @Test
  void killedAndStartedAgain_servesWithTheSameToken() throws Exception {
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      bao.kill();
      assertThatThrownBy(() -> kek.unwrap(wrapped, BaoKey.soon()))
          .isInstanceOf(KekException.Unavailable.class);
      bao.restart();
      kek.unwrap(wrapped, BaoKey.soon()).close();
      assertThat(bao.logins()).isEqualTo(1);
    }
  }

  @Test
  void grantToCreate_isWarnedOf_andTheLeastPolicyIsNot() throws Exception {
    try (Kek kek = open()) {
      var _ = kek.describe(BaoKey.soon());
      assertThat(notices).isEmpty();
    }
    key.policy(BaoKey.Policy.MAY_CREATE);
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      assertThat(notices).containsExactly(Notice.CREATE_GRANTED);
      key.delete();
      assertThatThrownBy(
              () ->
                  kek.wrap(
                      KeyMaterial.adopt(new byte[Kek.MASTER_BYTES]),
                      wrapped.version(),
                      BaoKey.soon()))
          .isInstanceOf(KekException.Revoked.class);
    }
    assertThat(bao.request("GET", "transit/keys/k", "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void keyOfAnotherKind_isRefused() throws Exception {
    List<String> kinds =
        List.of(
            "{\"type\":\"aes256-gcm96\",\"derived\":true}",
            "{\"type\":\"aes256-gcm96\",\"derived\":true,\"convergent_encryption\":true}",
            "{\"type\":\"aes256-gcm96\",\"exportable\":true}",
            "{\"type\":\"chacha20-poly1305\"}",
            "{\"type\":\"rsa-2048\"}");
    for (String kind : kinds) {
      key.delete();
      var _ = bao.post("transit/keys/k", kind);
      try (Kek kek = open()) {
        assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
            .as(kind)
            .isInstanceOf(KekException.Untrustworthy.class)
            .hasMessageContaining("create a key of type aes256-gcm96");
      }
    }
  }

  @Test
  void earlierVersion_wrapsUntilMinEncryptionVersionForbidsIt() throws Exception {
    try (Kek kek = open();
        KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
      KekDescription before = kek.describe(BaoKey.soon());
      key.rotate();
      assertThat(kek.describe(BaoKey.soon()).versions())
          .hasSize(2)
          .endsWith(before.versions().getFirst());
      WrappedKey wrapped = kek.wrap(master, before.current(), BaoKey.soon());
      assertThat(wrapped.version()).isEqualTo(before.current());
      kek.unwrap(wrapped, BaoKey.soon()).close();
      key.config("{\"min_encryption_version\":2}");
      assertThat(kek.describe(BaoKey.soon()).versions()).hasSize(1);
      assertThatThrownBy(() -> kek.wrap(master, before.current(), BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("min_encryption_version");
      kek.unwrap(wrapped, BaoKey.soon()).close();
      key.config("{\"min_encryption_version\":0}");
      kek.unwrap(kek.wrap(master, before.current(), BaoKey.soon()), BaoKey.soon()).close();
    }
  }

  @Test
  void minDecryptionVersionRaisedTooEarly_isNamed_andMendedByLoweringIt() throws Exception {
    try (Kek kek = open()) {
      WrappedKey wrapped = wrapped(kek);
      key.rotate();
      key.config("{\"min_decryption_version\":2}");
      assertThatThrownBy(() -> kek.unwrap(wrapped, BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("min_decryption_version");
      assertThat(notices).containsExactly(Notice.OLD_VERSIONS_CLOSED);
      key.config("{\"min_decryption_version\":1}");
      kek.unwrap(wrapped, BaoKey.soon()).close();
    }
  }
}
