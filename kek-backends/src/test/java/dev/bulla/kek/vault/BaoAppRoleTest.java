// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AppRole login, for real, with a plain and with a wrapped secret id. */
final class BaoAppRoleTest extends BaoLogins {
  BaoAppRoleTest(@TempDir Path folder) throws Exception {
    super(folder);
  }

  @Test
  void appRole_serves_andTellsWhenItsTokenExpires() throws Exception {
    try (Kek kek = open(key.yaml())) {
      assertThat(kek.credentialsExpireAt()).isEmpty();
      assertServes(kek);
      assertThat(kek.credentialsExpireAt())
          .hasValueSatisfying(at -> assertThat(at).isBetween(in(590), in(601)));
    }
  }

  private static Instant in(int seconds) {
    return Instant.now().plusSeconds(seconds);
  }

  @Test
  void appRole_whoseSecretIdIsReplacedOnDisk_goesOnWithoutARestart() throws Exception {
    try (Kek kek = open(key.yaml())) {
      assertServes(kek);
      key.destroySecretId();
      bao.revokeTokens();
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("secret id");
      key.newSecretId();
      assertServes(kek);
    }
  }

  @Test
  void appRole_withAWrappedSecretId_opensItOnce() throws Exception {
    String wrapped = bao.postWrapped("auth/approle/role/" + key.name() + "/secret-id", "{}");
    key.write("wrapped", OpenBao.text(wrapped, "wrap_info", "token"));
    String auth = wrappedAuth("");
    try (Kek kek = open(key.yaml(auth))) {
      assertServes(kek);
      bao.revokeTokens();
      assertServes(kek);
    }
    try (Kek again = open(key.yaml(auth))) {
      assertThatThrownBy(() -> again.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("put a fresh one");
    }
  }

  private String wrappedAuth(String more) {
    return "appRole: { roleIdFile: %s, secretIdFile: %s, wrapped: true%s }"
        .formatted(file("role-id"), file("wrapped"), more);
  }

  /** Puts the token of a wrapped answer into the file; returns it. */
  private String plant(String path, String json) throws Exception {
    String token = OpenBao.text(bao.postWrapped(path, json), "wrap_info", "token");
    key.write("wrapped", token);
    return token;
  }

  private void assertRefused(String more, String token) throws Exception {
    try (Kek kek = open(key.yaml(wrappedAuth(more)))) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("was not made by")
          .hasMessageContaining("somebody may have put another")
          .hasMessageNotContaining(token);
    }
    // Left as it was, for whoever looks into it.
    var _ = bao.post("sys/wrapping/lookup", "{\"token\":\"" + token + "\"}");
  }

  @Test
  void wrappedSecretId_thatSomebodyWrappedHimself_isRefusedUnopened() throws Exception {
    String secretId = Files.readString(key.folder().resolve("secret-id")).strip();
    assertRefused("", plant("sys/wrapping/wrap", "{\"secret_id\":\"" + secretId + "\"}"));
  }

  @Test
  void wrappedAnswer_ofAnotherPathOrMount_isRefusedUnopened() throws Exception {
    String role = "auth/approle/role/" + key.name();
    assertRefused("", plant(role + "/custom-secret-id", "{\"secret_id\":\"of-his-own\"}"));
    assertRefused(", mount: elsewhere", plant(role + "/secret-id", "{}"));
  }

  @Test
  void wrappedSecretId_inANamespace_isOpened() throws Exception {
    var _ = bao.post("sys/namespaces/wrapped", "{}");
    var _ = bao.postIn("wrapped", "sys/auth/approle", "{\"type\":\"approle\"}");
    var _ = bao.postIn("wrapped", "sys/mounts/transit", "{\"type\":\"transit\"}");
    var _ = bao.postIn("wrapped", "transit/keys/" + key.name(), "{\"type\":\"aes256-gcm96\"}");
    var _ =
        bao.postIn(
            "wrapped",
            "sys/policies/acl/all",
            "{\"policy\":\"path \\\"transit/*\\\" {"
                + " capabilities = [\\\"read\\\", \\\"update\\\"] }\"}");
    String role = "auth/approle/role/r";
    var _ = bao.postIn("wrapped", role, "{\"token_policies\":[\"all\"]}");
    String roleId = bao.request("GET", role + "/role-id", "", "wrapped").body();
    key.write("role-id", OpenBao.text(roleId, "data", "role_id"));
    String wrapped = bao.postWrapped("wrapped/" + role + "/secret-id", "{}");
    key.write("wrapped", OpenBao.text(wrapped, "wrap_info", "token"));
    try (Kek kek = open(key.yaml(wrappedAuth("")) + "namespace: wrapped\n")) {
      assertServes(kek);
    }
  }
}
