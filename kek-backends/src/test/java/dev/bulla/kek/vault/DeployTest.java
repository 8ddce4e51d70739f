// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deploy/vault}, run as its reader would: its policy suffices, and each line is needed. */
final class DeployTest {
  private static final Path SCRIPTS = Path.of("..", "deploy", "vault");

  private final Path folder;
  private final List<Notice> notices = new ArrayList<>();
  private final OpenBao bao;

  DeployTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.bao = OpenBao.start(folder);
  }

  @AfterEach
  void stop() {
    bao.close();
  }

  private void setUp(Path scripts) throws Exception {
    Path log = folder.resolve("setup.log");
    ProcessBuilder setup =
        new ProcessBuilder(
            scripts.resolve("setup.sh").toString(), "prod", folder.resolve("out").toString());
    setup.environment().put("CLI", System.getProperty("bulla.bao", ""));
    setup.environment().put("MOUNT", "kms");
    setup.environment().put("BAO_ADDR", bao.address().toString());
    setup.environment().put("BAO_CACERT", bao.ca().certificate().toString());
    setup.environment().put("BAO_TOKEN", bao.rootToken());
    int status = setup.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    assertThat(status).as(Files.readString(log)).isZero();
  }

  private VaultKek open() throws Exception {
    return open(
        "{ appRole: { roleIdFile: %s/out/role-id, secretIdFile: %s/out/secret-id } }"
            .formatted(folder, folder));
  }

  private VaultKek open(String auth) throws Exception {
    String yaml =
        """
        address: %s
        mount: kms
        key: prod
        caFile: %s
        auth: %s
        """
            .formatted(bao.address(), bao.ca().certificate(), auth);
    return VaultKek.open(BaoKey.settings(yaml), "scope", new Notices(notices::add));
  }

  private static void serve(Kek kek) throws Exception {
    try (KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
      WrappedKey wrapped = kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
      kek.unwrap(wrapped, BaoKey.soon()).close();
    }
  }

  @Test
  void setup_runTwice_servesWithoutAWarning() throws Exception {
    setUp(SCRIPTS);
    setUp(SCRIPTS);
    try (Kek kek = open()) {
      serve(kek);
      assertThat(notices).isEmpty();
    }
    assertThat(bao.request("POST", "kms/encrypt/other", "{\"plaintext\":\"\"}", "").statusCode())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"encrypt", "decrypt", "keys"})
  void policy_withoutALine_doesNotServe(String line) throws Exception {
    setUp(without("path \"MOUNT/" + line + "/KEY\""));
    try (Kek kek = open()) {
      assertThatThrownBy(() -> serve(kek)).isInstanceOf(KekException.Denied.class);
    }
  }

  @Test
  void policy_withoutRenewal_losesItsToken_andWithItKeepsIt() throws Exception {
    setUp(SCRIPTS);
    assertThat(renewsItsToken()).isTrue();
    setUp(without("path \"auth/token/renew-self\""));
    assertThat(renewsItsToken()).isFalse();
  }

  @Test
  void policy_withoutLookup_doesNotKnowWhenAFilesTokenExpires() throws Exception {
    setUp(SCRIPTS);
    assertThat(knowsTheEndOfAFilesToken()).isTrue();
    setUp(without("path \"auth/token/lookup-self\""));
    assertThat(knowsTheEndOfAFilesToken()).isFalse();
  }

  private boolean knowsTheEndOfAFilesToken() throws Exception {
    String answer =
        bao.post(
            "auth/token/create",
            "{\"policies\":[\"bulla\"],\"no_default_policy\":true,\"ttl\":\"1h\"}");
    Path token = folder.resolve("token");
    Files.writeString(token, OpenBao.text(answer, "auth", "client_token"));
    try (Kek kek = open("{ tokenFile: " + token + " }")) {
      serve(kek);
      return kek.credentialsExpireAt().isPresent();
    }
  }

  private boolean renewsItsToken() throws Exception {
    var _ = bao.post("auth/approle/role/bulla", "{\"token_period\":\"4s\"}");
    try (Kek kek = open()) {
      serve(kek);
      Instant first = kek.credentialsExpireAt().orElseThrow();
      destroySecretId();
      Deadline end = BaoKey.soon();
      while (!kek.credentialsExpireAt().filter(first::isBefore).isPresent()) {
        if (end.expired()) {
          return false;
        }
        var _ = new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
      }
      return true;
    }
  }

  private void destroySecretId() throws Exception {
    String secretId = Files.readString(folder.resolve("out/secret-id")).strip();
    var _ =
        bao.post(
            "auth/approle/role/bulla/secret-id/destroy", "{\"secret_id\":\"" + secretId + "\"}");
  }

  /** Returns the scripts with a policy that lacks the rule of that first line. */
  private Path without(String rule) throws Exception {
    Path copy = Files.createDirectories(folder.resolve("scripts"));
    String policy = Files.readString(SCRIPTS.resolve("policy.hcl"));
    int from = policy.indexOf(rule);
    assertThat(from).isPositive();
    String rest = policy.substring(policy.indexOf("}\n", from) + 2);
    Files.writeString(copy.resolve("policy.hcl"), policy.substring(0, from) + rest);
    Path script = copy.resolve("setup.sh");
    Files.copy(SCRIPTS.resolve("setup.sh"), script, StandardCopyOption.REPLACE_EXISTING);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return copy;
  }
}
