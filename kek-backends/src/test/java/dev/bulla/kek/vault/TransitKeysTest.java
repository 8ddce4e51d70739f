// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the adapter makes of keys that are not as they should be, or are no longer. */
final class TransitKeysTest {
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;
  private final FakeTransit fake;
  private final List<Notice> notices = new ArrayList<>();
  private Kek kek;

  @SuppressWarnings("NullAway.Init")
  TransitKeysTest() throws IOException {
    fake = FakeTransit.start();
    fake.createKey("k", CREATED);
  }

  @BeforeEach
  void open() throws Exception {
    kek = open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)));
  }

  private Kek open(String yaml) throws Exception {
    return VaultKek.open(BaoKey.settings(yaml), "scope", new Notices(notices::add));
  }

  @AfterEach
  void stop() {
    kek.close();
    fake.close();
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
  @CsvSource({
    "type, '\"chacha20-poly1305\"'",
    "type, '\"rsa-2048\"'",
    "derived, true",
    "exportable, true",
    "convergent_encryption, true"
  })
  void keyOfAnotherKind_isRefusedWithWhatToCreate(String field, String json) throws Exception {
    var current = kek.describe(FakeFixture.soon()).current();
    fake.set("k", Map.of(field, json));
    assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class)
        .hasMessageContaining("create a key of type aes256-gcm96");
    assertThatThrownBy(() -> kek.wrap(master(), current, FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class);
    assertThat(fake.count("transit/encrypt/")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "latest_version, null",
    "latest_version, 9",
    "keys, {}",
    "keys, '{\"0\": 1}'",
    "keys, '{\"1\": \"2026-11-23T16:48:14Z\"}'",
    "keys, '{\"1\": -1}'",
    "min_decryption_version, null",
    "exportable, null"
  })
  void descriptionThatLacksSomething_isUntrustworthy(String field, String json) {
    fake.fail(new TransitFault.Field(field, json));
    assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class);
  }

  @Test
  void recordThatNamesAnotherCreation_isRejectedAndDoesNotCondemnTheKey() throws Exception {
    WrappedKey wrapped = wrapped();
    byte[] blob = wrapped.blob().toByteArray();
    blob[20] ^= 1;
    WrappedKey forged =
        new WrappedKey(new TransitVersion(1, CREATED - 9).encoded(), Bytes.copyFrom(blob));
    assertThatThrownBy(() -> kek.unwrap(forged, FakeFixture.soon()))
        .isInstanceOf(KekException.Rejected.class)
        .hasMessageContaining("deleted and made again");
    var _ = kek.describe(FakeFixture.soon());
  }

  @Test
  void recordsOfAKeyThatHadThisName_areSaidOnce_andBlobsThatWereAlteredAreNot() throws Exception {
    WrappedKey wrapped = wrapped();
    byte[] blob = wrapped.blob().toByteArray();
    blob[20] ^= 1;
    assertUnwrapFails(
        new WrappedKey(wrapped.version(), Bytes.copyFrom(blob)), KekException.Rejected.class);
    assertThat(notices).isEmpty();
    fake.createKey("k", CREATED + 1);
    try (Kek restarted = open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)))) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> restarted.unwrap(wrapped, FakeFixture.soon()))
            .isInstanceOf(KekException.Rejected.class);
      }
    }
    assertThat(notices).containsExactly(Notice.ANOTHER_KEY);
  }

  @Test
  void keyMadeAgain_isRevokedWithTheRightWords() throws Exception {
    var current = kek.describe(FakeFixture.soon()).current();
    fake.createKey("k", CREATED + 1);
    assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
        .isInstanceOfSatisfying(
            KekException.Revoked.class, e -> assertThat(e.reason()).isEqualTo(Reason.RECREATED));
    assertThatThrownBy(() -> kek.wrap(master(), current, FakeFixture.soon()))
        .isInstanceOf(KekException.Revoked.class);
    assertThat(fake.count("transit/encrypt/")).isZero();
  }

  @Test
  void keyThatIsGone_isNotMadeByAWrap() throws Exception {
    var current = kek.describe(FakeFixture.soon()).current();
    fake.delete("k");
    assertThatThrownBy(() -> kek.wrap(master(), current, FakeFixture.soon()))
        .isInstanceOfSatisfying(
            KekException.Revoked.class, e -> assertThat(e.reason()).isEqualTo(Reason.GONE));
    assertThat(fake.count("transit/encrypt/")).isZero();
  }

  @Test
  void latestVersionThatFalls_isNoticed() throws Exception {
    fake.rotate("k", CREATED + 60);
    var _ = kek.describe(FakeFixture.soon());
    fake.loseNewest("k");
    assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class)
        .hasMessageContaining("restored from a backup");
  }

  @Test
  void minDecryptionVersionAboveARecord_isDeniedUntilItIsLowered() throws Exception {
    WrappedKey old = wrapped();
    fake.rotate("k", CREATED + 60);
    fake.set("k", Map.of("min_decryption_version", "2"));
    assertThatThrownBy(() -> kek.unwrap(old, FakeFixture.soon()))
        .isInstanceOf(KekException.Denied.class)
        .hasMessageContaining("min_decryption_version");
    fake.set("k", Map.of("min_decryption_version", "1"));
    kek.unwrap(old, FakeFixture.soon()).close();
  }

  @Test
  void minEncryptionVersionAboveThePinnedOne_isDenied() throws Exception {
    kek.close();
    fake.rotate("k", CREATED + 60);
    kek = open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)) + "pinned: 1\n");
    WrappedKey wrapped = wrapped();
    assertThat(wrapped.version()).isEqualTo(new TransitVersion(1, CREATED).encoded());
    fake.set("k", Map.of("min_encryption_version", "2"));
    assertThatThrownBy(() -> wrapped()).isInstanceOf(KekException.Denied.class);
  }

  @Test
  void whatIsRisky_isSaidOnceAndAgainOnlyAfterItWasMended() throws Exception {
    fake.rotate("k", CREATED + 60);
    fake.set("k", Map.of("deletion_allowed", "true", "min_decryption_version", "2"));
    fake.mayCreate(true);
    for (int i = 0; i < 3; i++) {
      var _ = kek.describe(FakeFixture.soon());
    }
    assertThat(notices)
        .containsExactlyInAnyOrder(
            Notice.DELETION_ALLOWED, Notice.OLD_VERSIONS_CLOSED, Notice.CREATE_GRANTED);
    fake.set("k", Map.of("deletion_allowed", "false"));
    var _ = kek.describe(FakeFixture.soon());
    fake.set("k", Map.of("deletion_allowed", "true"));
    var _ = kek.describe(FakeFixture.soon());
    assertThat(notices).hasSize(4);
  }

  @Test
  void namespaceThatIsIgnored_isRefusedAtOnce() throws Exception {
    kek.close();
    kek =
        open(FakeFixture.yaml(fake.address(), "k", FakeFixture.auth(folder)) + "namespace: team\n");
    assertThatThrownBy(() -> kek.describe(FakeFixture.soon()))
        .isInstanceOf(KekException.Untrustworthy.class)
        .hasMessageContaining("ignores the namespace");
    WrappedKey any =
        new WrappedKey(new TransitVersion(1, CREATED).encoded(), Bytes.copyFrom(new byte[60]));
    assertUnwrapFails(any, KekException.Untrustworthy.class);
    assertThat(fake.count("transit/decrypt/")).isZero();
  }
}
