// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.AwsFault;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each code that AWS documents, each state of a key, each broken answer: what it means. */
final class AwsErrorsTest {
  @TempDir private Path folder;
  private final FakeAwsKms fake;
  private final String arn;
  private AwsKek kek;

  AwsErrorsTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
  }

  @BeforeEach
  void open() throws Exception {
    kek = AwsFixture.open(fake, arn, "errors", folder);
  }

  @AfterEach
  void close() {
    kek.close();
    fake.close();
  }

  private static WrappedKey blob() {
    return new WrappedKey(KeyVersions.NONE, Bytes.copyFrom(new byte[184]));
  }

  private KekException failure() {
    KekException failure =
        catchThrowableOfType(KekException.class, () -> kek.unwrap(blob(), AwsFixture.soon()));
    assertThat(failure.toString())
        .doesNotContain("arn:", "111122223333", "127.0.0.1", FakeAwsKms.ACCESS_KEY, "a message");
    assertThat(failure.getCause()).isNull();
    return failure;
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/aws-errors.csv", numLinesToSkip = 1)
  void code_hasItsKind(String code, int status, String kind) {
    fake.fail(new AwsFault.Answer(code, status));
    assertThat(failure().getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void failure_tellsTheServicesOwnIdOfTheRequest() {
    fake.fail(new AwsFault.Answer("DisabledException", 400));
    assertThat(failure().requestId()).matches("[0-9a-f-]{36}");
    fake.fail(new AwsFault.Answer("KMSInvalidStateException", 400));
    assertThat(failure().requestId()).matches("[0-9a-f-]{36}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"two words", "a\nline", "<p>", "", "{0}"})
  void requestId_thatIsNone_isDropped(String id) {
    assertThat(new KekException.Denied("no").ofRequest(id).requestId()).isEmpty();
    assertThat(new KekException.Denied("no").ofRequest("a".repeat(65)).requestId()).isEmpty();
    assertThat(new KekException.Denied("no").ofRequest(null).requestId()).isEmpty();
    assertThat(new KekException.Denied("no").ofRequest("a".repeat(64)).requestId()).hasSize(64);
  }

  @Test
  void accessDenied_namesThePermission() {
    fake.allow(FakeAwsKms.ACCESS_KEY, Set.of("kms:Encrypt"));
    assertThat(failure()).hasMessageContaining("kms:Decrypt is not permitted");
    KekException describe =
        catchThrowableOfType(KekException.class, () -> kek.describe(AwsFixture.soon()));
    assertThat(describe).hasMessageContaining("kms:DescribeKey is not permitted");
  }

  @ParameterizedTest
  @CsvSource({
    "Disabled, DISABLED",
    "PendingDeletion, PENDING_DELETION",
    "PendingReplicaDeletion, PENDING_DELETION",
    "PendingImport, WITHOUT_MATERIAL"
  })
  void stateThatRevokes_isToldFromADecrypt(String state, Reason reason) {
    fake.state(arn, state);
    assertThat(failure())
        .isInstanceOfSatisfying(
            KekException.Revoked.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @CsvSource({"Unavailable", "Creating"})
  void stateThatPasses_isUnavailable(String state) {
    fake.state(arn, state);
    assertThat(failure()).isInstanceOf(KekException.Unavailable.class);
    assertThat(catchThrowableOfType(KekException.class, () -> kek.describe(AwsFixture.soon())))
        .isInstanceOf(KekException.Unavailable.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Enabled, ENABLED",
    "Updating, ENABLED",
    "Disabled, DISABLED",
    "PendingDeletion, PENDING_DELETION",
    "PendingReplicaDeletion, PENDING_DELETION"
  })
  void state_isDescribed(String state, KekState expected) throws Exception {
    fake.state(arn, state);
    KekDescription description = kek.describe(AwsFixture.soon());
    assertThat(description.state()).isEqualTo(expected);
  }

  @Test
  void keyOfAnotherSpec_isRefusedWithWhatToCreate() {
    fake.spec("RSA_2048");
    assertThat(catchThrowableOfType(KekException.class, () -> kek.describe(AwsFixture.soon())))
        .isInstanceOf(KekException.Untrustworthy.class)
        .hasMessageContaining("SYMMETRIC_DEFAULT");
  }

  @Test
  void brokenAnswers_areNotTrusted() {
    fake.fail(new AwsFault.Oversized());
    assertThat(failure())
        .isInstanceOf(KekException.Untrustworthy.class)
        .hasMessageContaining("longer than any of KMS");
    fake.fail(new AwsFault.Html());
    assertThat(failure()).isInstanceOf(KekException.Untrustworthy.class);
    fake.fail(new AwsFault.Truncated());
    assertThat(failure())
        .isInstanceOfAny(KekException.Rejected.class, KekException.Untrustworthy.class);
    fake.fail(new AwsFault.Refuse());
    assertThat(failure()).isInstanceOf(KekException.Unavailable.class);
    fake.fail(new AwsFault.Redirect());
    assertThat(failure()).isInstanceOf(KekException.Unavailable.class);
  }

  @Test
  void answersWithoutWhatTheyMustHave_areNotTrusted() throws Exception {
    WrappedKey good = wrapped();
    for (AwsFault fault :
        new AwsFault[] {
          new AwsFault.Truncated(),
          new AwsFault.Without("Plaintext"),
          new AwsFault.Without("KeyId"),
          new AwsFault.WrongKeyId(),
          new AwsFault.ShortPlaintext(31),
          new AwsFault.ShortPlaintext(33)
        }) {
      fake.fail(fault);
      KekException failure =
          catchThrowableOfType(KekException.class, () -> kek.unwrap(good, AwsFixture.soon()));
      Class<?> broken =
          fault instanceof AwsFault.Truncated
              ? KekException.Unavailable.class
              : KekException.Untrustworthy.class;
      assertThat(failure)
          .as(fault.toString())
          .isInstanceOfAny(broken, KekException.Untrustworthy.class);
    }
  }

  private WrappedKey wrapped() throws KekException {
    try (KeyMaterial master = KeyMaterial.adopt(new byte[32])) {
      return kek.wrap(master, KeyVersions.NONE, AwsFixture.soon());
    }
  }

  @Test
  void wrap_thatIsProvedWrong_givesNothing() {
    for (AwsFault fault :
        new AwsFault[] {
          new AwsFault.WrongPlaintext(),
          new AwsFault.WrongKeyId(),
          new AwsFault.Without("CiphertextBlob")
        }) {
      fake.fail(fault);
      assertThat(catchThrowableOfType(KekException.class, this::wrapped))
          .as(fault.toString())
          .isInstanceOf(KekException.Untrustworthy.class);
    }
  }
}
