// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the adapter makes of answers that a real service seldom gives, or must never give. */
final class TransitFaultsTest {
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;
  private final FakeTransit fake;
  private final FakeTransit second;
  private final List<Notice> notices = new ArrayList<>();
  private Kek kek;

  @SuppressWarnings("NullAway.Init")
  TransitFaultsTest() throws IOException {
    fake = FakeTransit.start();
    second = fake.anotherNode();
    fake.createKey("k", CREATED);
  }

  @BeforeEach
  void open() throws Exception {
    kek = open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)));
  }

  private Kek open(String yaml) throws Exception {
    return VaultKek.open(BaoKey.settings(yaml), "scope", new Notices(notices::add));
  }

  private Kek openOnBoth(URI first, URI next) throws Exception {
    return open(
        FakeFixture.yaml(first, "k", FakeFixture.auth(folder))
            .replaceFirst("address: .*", "addresses: [\"" + first + "\", \"" + next + "\"]"));
  }

  @AfterEach
  void stop() {
    kek.close();
    fake.close();
    second.close();
  }

  private static KeyMaterial master() {
    byte[] bytes = new byte[32];
    bytes[0] = 7;
    return KeyMaterial.adopt(bytes);
  }

  private WrappedKey wrapped() throws KekException {
    return kek.wrap(master(), kek.describe(FakeFixture.soon()).current(), FakeFixture.soon());
  }

  private void assertUnwrapFails(WrappedKey wrapped, Class<? extends KekException> kind) {
    assertThatThrownBy(() -> kek.unwrap(wrapped, FakeFixture.soon())).isInstanceOf(kind);
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 412, 429, 472, 473, 500, 501, 502, 503})
  void status_thatSaysLater_goesToTheNextAddress(int status) throws Exception {
    try (Kek both = openOnBoth(second.address(), fake.address())) {
      second.fail(new TransitFault.Status(status, "later"));
      var _ = both.describe(FakeFixture.soon());
      assertThat(second.count("")).isPositive();
    }
  }

  @Test
  void addressThatRefusesConnections_isPassedOver() throws Exception {
    second.close();
    try (Kek both = openOnBoth(second.address(), fake.address())) {
      var _ = both.describe(FakeFixture.soon());
    }
  }

  @Test
  void addressThatIsSilent_isPassedOverInsideTheDeadline() throws Exception {
    WrappedKey wrapped = wrapped();
    try (Kek both = openOnBoth(fake.address(), second.address())) {
      both.unwrap(wrapped, FakeFixture.soon()).close();
      fake.fail(new TransitFault.Hang());
      both.unwrap(wrapped, FakeFixture.soon()).close();
      assertThat(second.count("transit/decrypt/")).isEqualTo(1);
    }
  }

  @Test
  void everyAddressSealed_isUnavailableAndSaysSo() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Status(503, "Vault is sealed"));
    assertThatThrownBy(() -> kek.unwrap(wrapped, FakeFixture.soon()))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessage("the service is sealed, or not ready (503)");
  }

  @Test
  void callsInAnOutage_areAmplifiedByATenthAtMost() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Status(503, "Vault is sealed"));
    long before = fake.count("transit/decrypt/");
    for (int i = 0; i < 100; i++) {
      assertUnwrapFails(wrapped, KekException.Unavailable.class);
    }
    assertThat(fake.count("transit/decrypt/") - before).isBetween(100L, 113L);
  }

  @ParameterizedTest
  @CsvSource({"403", "404", "400", "418"})
  void pageOfAProxy_isNeitherARefusalNorTheEndOfTheKey(int status) throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Page(status), path -> path.startsWith("transit/"));
    Class<? extends KekException> kind =
        status == 403 ? KekException.Denied.class : KekException.Unavailable.class;
    assertUnwrapFails(wrapped, kind);
  }

  @Test
  void answerThatEndsInItsMiddle_isUnavailable() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Truncated());
    assertUnwrapFails(wrapped, KekException.Unavailable.class);
  }

  @Test
  void answerOverTheCap_isUnavailable() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Oversized());
    assertUnwrapFails(wrapped, KekException.Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "7",
        "\"\"",
        "\"AAAA\"",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\"",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n\""
      })
  void plaintextThatIsNoMaster_isUntrustworthy(String json) throws Exception {
    WrappedKey wrapped = wrapped();
    fake.fail(new TransitFault.Field("plaintext", json));
    assertUnwrapFails(wrapped, KekException.Untrustworthy.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "\"vault:v2:%s\"",
        "\"vault:v0:%s\"",
        "\"vault:v01:%s\"",
        "\"vault:v1:%s\\n\"",
        "\"vault:v1:%s=\"",
        "\"%s\""
      })
  void ciphertextOfAnotherGrammar_isUntrustworthy(String json) throws Exception {
    var current = kek.describe(FakeFixture.soon()).current();
    fake.fail(new TransitFault.Field("ciphertext", json.formatted("A".repeat(80))));
    assertThatThrownBy(() -> kek.wrap(master(), current, FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class);
  }

  @Test
  void unwrap_isOneRequest_andNoOtherPathIsAsked() throws Exception {
    WrappedKey wrapped = wrapped();
    for (int i = 0; i < 10; i++) {
      kek.unwrap(wrapped, FakeFixture.soon()).close();
    }
    assertThat(fake.count("transit/decrypt/k")).isEqualTo(10);
    assertThat(fake.calls().stream().map(FakeTransit.Call::path).distinct())
        .containsExactlyInAnyOrder(
            "auth/approle/login",
            "transit/keys/k",
            "transit/encrypt/k",
            "transit/decrypt/k",
            "sys/capabilities-self");
  }

  @Test
  void floodOfBadBlobs_isNotDoubled() throws Exception {
    WrappedKey wrapped = wrapped();
    byte[] blob = wrapped.blob().toByteArray();
    blob[0] ^= 1;
    WrappedKey bad = new WrappedKey(wrapped.version(), Bytes.copyFrom(blob));
    long before = fake.count("transit/keys/");
    for (int i = 0; i < 50; i++) {
      assertUnwrapFails(bad, KekException.Rejected.class);
    }
    assertThat(fake.count("transit/keys/") - before).isLessThanOrEqualTo(3);
  }

  @Test
  void policyWithoutDecrypt_doesNotMakeALoginOfEachCall() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.allow(path -> !path.contains("decrypt"));
    for (int i = 0; i < 30; i++) {
      assertUnwrapFails(wrapped, KekException.Denied.class);
    }
    assertThat(fake.count("auth/approle/login")).isLessThanOrEqualTo(5);
  }

  @Test
  void revokedToken_costsOneLoginForAllCallers() throws Exception {
    WrappedKey wrapped = wrapped();
    fake.revokeTokens();
    Callable<Boolean> unwrap =
        () -> {
          kek.unwrap(wrapped, FakeFixture.soon()).close();
          return true;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Boolean> result : threads.invokeAll(Collections.nCopies(32, unwrap))) {
        assertThat(result.get()).isTrue();
      }
    }
    assertThat(fake.count("auth/approle/login")).isEqualTo(2);
  }

  @Test
  void loginThatIsRefused_isNotRepeatedByEachCall_andEndsWithAnotherSecretId() throws Exception {
    kek.close();
    fake.secretId("another");
    kek = open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)));
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("secret id");
    }
    assertThat(fake.count("auth/approle/login")).isLessThanOrEqualTo(2);
    Files.writeString(folder.resolve("secret-id"), "another");
    var _ = kek.describe(FakeFixture.soon());
  }

  @Test
  void exceptions_nameNoHostNoTokenAndNoKey() throws Exception {
    WrappedKey wrapped = wrapped();
    for (TransitFault fault :
        List.of(
            new TransitFault.Status(400, "secret words of the service"),
            new TransitFault.Status(403, "secret words of the service"),
            new TransitFault.Status(404, "secret words of the service"),
            new TransitFault.Status(503, "secret words of the service"),
            new TransitFault.Page(200),
            new TransitFault.Refuse())) {
      fake.fail(fault, path -> path.startsWith("transit/"));
      assertThatThrownBy(() -> kek.unwrap(wrapped, FakeFixture.soon()))
          .isInstanceOf(KekException.class)
          .hasMessageNotContainingAny("127.0.0.1", "s.fake", "secret words", "transit/decrypt/k");
    }
  }
}
