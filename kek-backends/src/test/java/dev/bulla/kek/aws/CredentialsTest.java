// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where credentials come from, and what happens when they end or are refused. */
final class CredentialsTest {
  private static final String ROLE = "arn:aws:iam::111122223333:role/bulla";

  @TempDir private Path folder;
  private final FakeAwsKms fake;
  private final String arn;

  CredentialsTest() throws IOException {
    fake = FakeAwsKms.start();
    arn = fake.createKey();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private AwsKek open(String credentials) throws Exception {
    String yaml =
        """
        keyArn: %s
        endpoint: %s
        allowPlainHttp: true
        credentials: { stsEndpoint: "%s", %s }
        """
            .formatted(arn, fake.endpoint(), fake.endpoint(), credentials);
    return AwsKek.open(AwsFixture.settings(yaml), "c");
  }

  private String profile() throws IOException {
    return "profile: { name: bulla, file: %s }".formatted(AwsFixture.credentials(folder));
  }

  private static void describe(AwsKek kek) throws KekException {
    assertThat(kek.describe(AwsFixture.soon())).isNotNull();
  }

  @Test
  void assumedRole_isAssumedWithItsExternalIdAndItsEndIsKnown() throws Exception {
    String role =
        "assumeRole: { roleArn: \"" + ROLE + "\", externalId: ours, sessionName: node-1 }";
    try (AwsKek kek = open(profile() + ", " + role)) {
      assertThat(kek.credentialsExpireAt()).isEmpty();
      describe(kek);
      assertThat(fake.stsCalls())
          .singleElement()
          .satisfies(
              call ->
                  assertThat(call)
                      .containsEntry("Action", "AssumeRole")
                      .containsEntry("RoleArn", ROLE)
                      .containsEntry("ExternalId", "ours")
                      .containsEntry("RoleSessionName", "node-1"));
      assertThat(fake.calls()).allMatch(call -> call.accessKeyId().startsWith("ASIA"));
      assertThat(kek.credentialsExpireAt().orElseThrow())
          .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
    }
  }

  @Test
  void webIdentity_givesItsTokenToSts() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "a.web.token");
    String web = "webIdentity: { roleArn: \"%s\", tokenFile: %s }".formatted(ROLE, token);
    try (AwsKek kek = open(web)) {
      describe(kek);
    }
    assertThat(fake.stsCalls())
        .singleElement()
        .satisfies(
            call ->
                assertThat(call)
                    .containsEntry("Action", "AssumeRoleWithWebIdentity")
                    .containsEntry("WebIdentityToken", "a.web.token")
                    .containsEntry("RoleSessionName", "bulla"));
  }

  @Test
  void process_isRunAndItsAnswerUsed() throws Exception {
    Path program = folder.resolve("helper");
    Files.writeString(
        program,
        """
        #!/bin/sh
        test "$1" = "two words" || exit 1
        echo '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}'
        """
            .formatted(FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    try (AwsKek kek = open("process: { command: [%s, two words] }".formatted(program))) {
      describe(kek);
    }
    assertThat(fake.calls()).isNotEmpty();
  }

  @Test
  void session_thatEndsSoon_isRenewedBeforeItDoes() throws Exception {
    fake.sessionLife(Duration.ofSeconds(3));
    Set<String> used = new HashSet<>();
    try (AwsKek kek = open(profile() + ", assumeRole: { roleArn: \"%s\" }".formatted(ROLE))) {
      Instant end = Instant.now().plusSeconds(20);
      while (used.size() < 4 && Instant.now().isBefore(end)) {
        describe(kek);
        used.add(fake.calls().getLast().accessKeyId());
        assertThat(kek.credentialsExpireAt().orElseThrow()).isAfter(Instant.now());
      }
    }
    assertThat(used).hasSizeGreaterThanOrEqualTo(4);
    assertThat(fake.calls()).allMatch(FakeAwsKms.Call::accepted);
  }

  @Test
  void credential_thatIsRefused_isReplacedAtOnce() throws Exception {
    try (AwsKek kek = open(profile())) {
      describe(kek);
      fake.clearCalls();
      fake.revokeCredential(FakeAwsKms.ACCESS_KEY, "ExpiredTokenException");
      fake.secret("AKIASECOND", "another");
      AwsFixture.write(folder.resolve("credentials"), "AKIASECOND", "another");
      describe(kek);
      assertThat(fake.calls())
          .extracting(FakeAwsKms.Call::accessKeyId)
          .startsWith(FakeAwsKms.ACCESS_KEY, "AKIASECOND");
      assertThat(fake.calls()).filteredOn(call -> !call.accepted()).hasSize(1);
    }
  }

  @Test
  void credential_thatStaysRefused_isDeniedWithoutAFlood() throws Exception {
    fake.revokeCredential(FakeAwsKms.ACCESS_KEY, "InvalidClientTokenId");
    try (AwsKek kek = open(profile())) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> describe(kek)).isInstanceOf(KekException.Denied.class);
      }
    }
    assertThat(fake.calls()).hasSizeLessThanOrEqualTo(22);
  }

  @Test
  void role_thatMayNotBeAssumed_isDeniedByName() throws Exception {
    fake.refuseSessions("AccessDenied");
    try (AwsKek kek = open(profile() + ", assumeRole: { roleArn: \"%s\" }".formatted(ROLE))) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> describe(kek))
            .isInstanceOf(KekException.Denied.class)
            .hasMessageContaining("sts:AssumeRole is not permitted");
      }
    }
    assertThat(fake.stsCalls()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void sourceThatHasNone_isUnavailableAndFoundLater() throws Exception {
    Path file = folder.resolve("credentials");
    Files.writeString(file, "[other]\n");
    try (AwsKek kek = open("profile: { name: bulla, file: %s }".formatted(file))) {
      assertThatThrownBy(() -> describe(kek))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("no AWS credentials");
      AwsFixture.write(file, FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET);
      Instant end = Instant.now().plusSeconds(10);
      while (fake.calls().isEmpty() && Instant.now().isBefore(end)) {
        try {
          describe(kek);
        } catch (KekException.Unavailable _) {
          Thread.onSpinWait();
        }
      }
      assertThat(fake.calls()).isNotEmpty();
    }
  }
}
