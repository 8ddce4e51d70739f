// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.kek.vault.fake.TransitFault;
import dev.bulla.time.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The login by AWS identity, against a service that verifies the signature. */
final class AwsIamLoginTest {
  private static final String LOGIN = "auth/aws/login";
  private static final String SECRET = "a-secret-of-the-first-key";

  private final Path folder;
  private final FakeTransit fake;
  private final Map<String, String> secrets = new ConcurrentHashMap<>(Map.of("AKIAONE", SECRET));

  AwsIamLoginTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.fake = FakeTransit.start();
    fake.createKey("k", 1_700_000_000);
    fake.aws().secrets(secrets::get);
    fake.aws().role("bulla", "A");
    profile("AKIAONE", SECRET, "");
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private void profile(String accessKey, String secret, String more) throws IOException {
    Path whole = folder.resolve("credentials.new");
    Files.writeString(
        whole,
        "[bulla]\naws_access_key_id = %s\naws_secret_access_key = %s\n%s"
            .formatted(accessKey, secret, more));
    Files.move(whole, folder.resolve("credentials"), StandardCopyOption.REPLACE_EXISTING);
  }

  private String credentials() {
    return "profile: { name: bulla, file: " + folder.resolve("credentials") + " }";
  }

  private String yaml(String more) {
    return yaml("bulla", more, "");
  }

  private String yaml(String role, String more, String ofCredentials) {
    return FakeFixture.yaml(
        fake.address(),
        "k",
        "{ awsIam: { role: %s, %s credentials: { %s %s } } }"
            .formatted(role, more, ofCredentials, credentials()));
  }

  private static void serve(VaultKek kek) throws KekException {
    FakeFixture.awaitLogin(kek);
    byte[] bytes = new byte[Kek.MASTER_BYTES];
    bytes[0] = 7;
    try (KeyMaterial master = KeyMaterial.adopt(bytes)) {
      WrappedKey wrapped =
          kek.wrap(master, kek.describe(FakeFixture.soon()).current(), FakeFixture.soon());
      try (KeyMaterial again = kek.unwrap(wrapped, FakeFixture.soon())) {
        assertThat(again.sameAs(master)).isTrue();
      }
    }
  }

  private void assertServes(String yaml) throws Exception {
    try (VaultKek kek = FakeFixture.open(yaml, "s")) {
      serve(kek);
    }
  }

  private void assertDenied(String yaml) throws Exception {
    try (VaultKek kek = FakeFixture.open(yaml, "s")) {
      assertThatThrownBy(() -> FakeFixture.awaitLogin(kek))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("the AWS identity was refused")
          .hasMessageNotContainingAny(SECRET, "AKIAONE", "127.0.0.1");
    }
  }

  private List<FakeTransit.Call> logins() {
    return fake.calls().stream().filter(call -> call.path().endsWith("/login")).toList();
  }

  @Test
  void withoutARegion_theGlobalEndpointIsAsked_andTheSecretStaysHere() throws Exception {
    assertServes(yaml(""));
    assertThat(logins())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.path()).isEqualTo(LOGIN);
              assertThat(call.token()).isEmpty();
              assertThat(call.body()).doesNotContain(SECRET);
            });
  }

  @Test
  void region_isThatOfTheEndpointAndOfTheSignature() throws Exception {
    fake.aws().sts("sts.eu-central-1.amazonaws.com", "eu-central-1");
    assertServes(yaml("region: eu-central-1,"));
    assertDenied(yaml(""));
    fake.aws().sts("sts.cn-north-1.amazonaws.com.cn", "cn-north-1");
    assertServes(yaml("region: cn-north-1,"));
  }

  @Test
  void stsEndpoint_isSignedInsteadOfThePublicOne() throws Exception {
    fake.aws().sts("vpce-1.sts.eu-west-1.vpce.amazonaws.com", "eu-west-1");
    assertServes(
        yaml(
            "region: eu-west-1, stsEndpoint: \"https://vpce-1.sts.eu-west-1.vpce.amazonaws.com\","));
  }

  @Test
  void mount_isWhereTheLoginGoes() throws Exception {
    fake.aws().mount("cloud/aws");
    assertServes(yaml("mount: cloud/aws,"));
    assertDenied(yaml(""));
  }

  @Test
  void serverId_isSigned_andAnotherOrNoneIsRefused() throws Exception {
    fake.aws().serverId("vault.example");
    assertServes(yaml("serverId: vault.example,"));
    assertDenied(yaml("serverId: vault.elsewhere,"));
    assertDenied(yaml(""));
  }

  @Test
  void role_thatIsUnknownOrOfAnother_isRefused() throws Exception {
    assertDenied(yaml("other", "", ""));
    fake.aws().role("bulla", "AKIATWO");
    assertDenied(yaml(""));
  }

  @Test
  void secret_thatIsWrong_isRefused_untilTheFileIsReplaced() throws Exception {
    profile("AKIAONE", "wrong", "");
    try (VaultKek kek = FakeFixture.open(yaml(""), "s")) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> serve(kek)).isInstanceOf(KekException.Denied.class);
      }
      assertThat(logins()).hasSizeLessThanOrEqualTo(2);
      profile("AKIAONE", SECRET, "");
      serve(kek);
    }
  }

  @Test
  void credentials_areReadAgainAtEachLogin() throws Exception {
    try (VaultKek kek = FakeFixture.open(yaml(""), "s")) {
      serve(kek);
      secrets.put("AKIATWO", "another");
      secrets.remove("AKIAONE");
      profile("AKIATWO", "another", "");
      fake.revokeTokens();
      serve(kek);
      assertThat(logins()).hasSize(2).allMatch(call -> call.status() == 200);
    }
  }

  @Test
  void sessionToken_isSentAndSigned() throws Exception {
    secrets.put("ASIAONE", SECRET);
    fake.aws().sessionToken("ASIAONE", "the-session");
    profile("ASIAONE", SECRET, "aws_session_token = the-session\n");
    assertServes(yaml(""));
    profile("ASIAONE", SECRET, "aws_session_token = another\n");
    assertDenied(yaml(""));
  }

  @Test
  void assumedRole_isTheIdentity_andIsAssumedAtEachLogin() throws Exception {
    try (FakeAwsKms sts = FakeAwsKms.start()) {
      sts.secret("AKIAONE", SECRET);
      fake.aws().secrets(sts::secretOf);
      fake.aws().role("bulla", "ASIA");
      String assume =
          "assumeRole: { roleArn: \"arn:aws:iam::111122223333:role/bulla\" }, stsEndpoint: \"%s\","
              .formatted(sts.endpoint());
      try (VaultKek kek = FakeFixture.open(yaml("bulla", "", assume), "s")) {
        serve(kek);
        fake.revokeTokens();
        serve(kek);
      }
      assertThat(sts.stsCalls()).hasSize(2);
      sts.refuseSessions("AccessDenied");
      try (VaultKek kek = FakeFixture.open(yaml("bulla", "", assume), "s")) {
        assertThatThrownBy(() -> serve(kek))
            .isInstanceOf(KekException.Denied.class)
            .hasMessageContaining("sts:AssumeRole is not permitted");
      }
    }
  }

  @Test
  void credentialsThatAreNotThere_areSaid() throws Exception {
    Files.writeString(folder.resolve("credentials"), "[other]\n");
    try (VaultKek kek = FakeFixture.open(yaml(""), "s")) {
      assertThatThrownBy(() -> serve(kek))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("no AWS credentials were found where 'credentials' says");
    }
    assertThat(fake.calls()).isEmpty();
  }

  @Test
  void namespace_isInTheHeaderOfTheLogin() throws Exception {
    try (VaultKek kek = FakeFixture.open(yaml("") + "namespace: team\n", "s")) {
      assertThatThrownBy(() -> serve(kek)).hasMessageContaining("ignores the namespace");
    }
    assertThat(logins())
        .singleElement()
        .satisfies(call -> assertThat(call.namespace()).isEqualTo("team"));
  }

  @Test
  void token_thatIsNotRenewed_isReplacedByALoginBeforeItEnds() throws Exception {
    fake.leaseSeconds(3);
    fake.fail(
        new TransitFault.Status(400, "lease is not renewable"),
        path -> path.equals("auth/token/renew-self"));
    try (VaultKek kek = FakeFixture.open(yaml(""), "s")) {
      serve(kek);
      Deadline end = FakeFixture.soon();
      while (fake.count(LOGIN) < 2 && !end.expired()) {
        var _ = new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
      }
      assertThat(fake.count("auth/token/renew-self")).isPositive();
      assertThat(logins()).hasSize(2).allMatch(call -> call.status() == 200);
      serve(kek);
    }
  }
}
