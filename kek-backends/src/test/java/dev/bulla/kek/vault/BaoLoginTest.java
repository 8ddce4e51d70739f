// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every login that OpenBao offers and Bulla has, for real. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BaoLoginTest {
  private final Path folder;
  private final OpenBao bao;
  private final List<Notice> notices = new ArrayList<>();
  private BaoKey key;
  private int keys;

  BaoLoginTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.bao = OpenBao.start(Files.createTempDirectory(folder, "bao"));
    this.key = BaoKey.create(bao, "first", folder);
  }

  @BeforeEach
  void newKey() throws Exception {
    key = BaoKey.create(bao, "k" + keys++, folder);
  }

  @AfterAll
  void stop() {
    bao.close();
  }

  private VaultKek open(String yaml) throws Exception {
    return VaultKek.open(BaoKey.settings(yaml), "scope", new Notices(notices::add));
  }

  private static void assertServes(Kek kek) throws Exception {
    byte[] bytes = new byte[Kek.MASTER_BYTES];
    bytes[31] = 9;
    try (KeyMaterial master = KeyMaterial.adopt(bytes)) {
      WrappedKey wrapped = kek.wrap(master, kek.describe(BaoKey.soon()).current(), BaoKey.soon());
      try (KeyMaterial again = kek.unwrap(wrapped, BaoKey.soon())) {
        assertThat(again.sameAs(master)).isTrue();
      }
    }
  }

  private void assertServes(String auth) throws Exception {
    try (Kek kek = open(key.yaml(auth))) {
      assertServes(kek);
    }
  }

  private String token(String more) throws Exception {
    String answer =
        bao.post("auth/token/create", "{\"policies\":[\"" + key.name() + "\"]" + more + "}");
    return OpenBao.text(answer, "auth", "client_token");
  }

  private void enable(String method) throws Exception {
    if (bao.request("GET", "sys/auth/" + method, "", "").statusCode() != 200) {
      var _ = bao.post("sys/auth/" + method, "{\"type\":\"" + method + "\"}");
    }
  }

  private static String inJson(Path file) throws Exception {
    return Files.readString(file).replace("\n", "\\n");
  }

  private String file(String name) {
    return key.folder().resolve(name).toString();
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
    String auth =
        "appRole: { roleIdFile: %s, secretIdFile: %s, wrapped: true }"
            .formatted(file("role-id"), file("wrapped"));
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

  @Test
  void tokenFile_serves_andFollowsItsFile() throws Exception {
    String first = token(",\"ttl\":\"1h\"");
    key.write("token", first);
    try (Kek kek = open(key.yaml("tokenFile: " + file("token")))) {
      assertServes(kek);
      assertThat(kek.credentialsExpireAt()).isPresent();
      key.write("token", token(",\"ttl\":\"2h\""));
      var _ = bao.post("auth/token/revoke", "{\"token\":\"" + first + "\"}");
      assertServes(kek);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"type\":\"batch\",\"ttl\":\"20m\"",
        ",\"renewable\":false,\"ttl\":\"5m\"",
        ",\"period\":\"30m\"",
        ",\"no_default_policy\":true,\"ttl\":\"5m\""
      })
  void tokenFile_ofEveryKindOfToken_serves(String kind) throws Exception {
    key.write("token", token(kind));
    assertServes("tokenFile: " + file("token"));
  }

  @Test
  void tokenFile_thatIsMissingOrEmpty_isSaid() throws Exception {
    try (Kek kek = open(key.yaml("tokenFile: " + file("missing")))) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("is it there");
      key.write("missing", token(""));
      assertServes(kek);
    }
  }

  @Test
  void jwt_serves_andIsReadAgainAtEachLogin() throws Exception {
    TestJwt issuer = new TestJwt();
    enable("jwt");
    var _ =
        bao.post(
            "auth/jwt/config",
            "{\"jwt_validation_pubkeys\":[\"%s\"],\"bound_issuer\":\"https://issuer\"}"
                .formatted(issuer.publicKeyInJson()));
    var _ =
        bao.post(
            "auth/jwt/role/" + key.name(),
            ("{\"role_type\":\"jwt\",\"user_claim\":\"sub\",\"bound_audiences\":[\"openbao\"],"
                    + "\"bound_subject\":\"bulla\",\"token_policies\":[\"%s\"],\"token_ttl\":\"10m\"}")
                .formatted(key.name()));
    key.write("jwt", "a.b.c");
    String auth = "jwt: { file: %s, role: %s }".formatted(file("jwt"), key.name());
    try (Kek kek = open(key.yaml(auth))) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("JWT");
      String claims = ",\"iss\":\"https://issuer\",\"aud\":\"openbao\",\"sub\":\"bulla\"";
      key.write("jwt", issuer.token(claims));
      assertServes(kek);
    }
  }

  @Test
  void kubernetes_serves_andWarnsOfItsOwnCluster() throws Exception {
    enable("kubernetes");
    String claims =
        ",\"iss\":\"https://kubernetes.default.svc.cluster.local\",\"aud\":[\"openbao\"],"
            + "\"sub\":\"system:serviceaccount:kube-system:bulla\",\"kubernetes.io\":"
            + "{\"namespace\":\"kube-system\",\"serviceaccount\":{\"name\":\"bulla\","
            + "\"uid\":\"11111111-1111-1111-1111-111111111111\"}}";
    String jwt = new TestJwt().token(claims);
    key.write("jwt", jwt);
    String auth = "kubernetes: { file: %s, role: %s }".formatted(file("jwt"), key.name());
    try (TokenReviews api = new TokenReviews()) {
      var _ =
          bao.post(
              "auth/kubernetes/config",
              ("{\"kubernetes_host\":\"%s\",\"disable_local_ca_jwt\":true,"
                      + "\"token_reviewer_jwt\":\"%s\",\"kubernetes_ca_cert\":\"%s\"}")
                  .formatted(api.address(), jwt, inJson(bao.ca().certificate())));
      var _ =
          bao.post(
              "auth/kubernetes/role/" + key.name(),
              ("{\"bound_service_account_names\":[\"bulla\"],\"audience\":\"openbao\","
                      + "\"bound_service_account_namespaces\":[\"kube-system\"],"
                      + "\"token_policies\":[\"%s\"],\"token_ttl\":\"10m\"}")
                  .formatted(key.name()));
      assertServes(auth);
      assertThat(notices).contains(Notice.ISSUER_IS_THE_CLUSTER);
    }
    try (Kek kek = open(key.yaml(auth))) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("API server");
    }
  }

  @Test
  void cert_serves_fromTwoFilesAndFromOne_andIsReadAgain() throws Exception {
    enable("cert");
    bao.ca().issue(key.name());
    var _ =
        bao.post(
            "auth/cert/certs/" + key.name(),
            "{\"certificate\":\"%s\",\"allowed_common_names\":[\"%s\"],\"token_policies\":[\"%s\"]}"
                .formatted(inJson(bao.ca().certificate()), key.name(), key.name()));
    String certificate = Files.readString(bao.ca().certificateOf(key.name()));
    String secret = Files.readString(bao.ca().keyOf(key.name()));
    key.write("tls.crt", certificate);
    key.write("tls.key", secret);
    key.write("tls.pem", secret + certificate);
    String auth = "cert: { role: " + key.name() + " }";
    String two =
        "clientCertFile: %s\nclientKeyFile: %s\n".formatted(file("tls.crt"), file("tls.key"));
    String one = "clientCertFile: " + file("tls.pem") + "\n";
    for (String files : List.of(two, one)) {
      try (Kek kek = open(key.yaml(auth) + files)) {
        assertServes(kek);
      }
    }
    bao.ca().issue("other-" + key.name());
    key.write(
        "tls.pem",
        Files.readString(bao.ca().certificateOf("other-" + key.name()))
            + Files.readString(bao.ca().keyOf("other-" + key.name())));
    try (Kek kek = open(key.yaml(auth) + one)) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Denied.class)
          .hasMessageContaining("certificate");
      key.write("tls.pem", certificate + secret);
      assertServes(kek);
    }
  }

  @Test
  void fallback_servesWhenTheFirstLoginIsRefused() throws Exception {
    key.write("token", "s.wrong");
    assertThatThrownBy(() -> assertServes("tokenFile: " + file("token")))
        .isInstanceOf(KekException.Denied.class);
    key.destroySecretId();
    key.write("token", token(""));
    assertServes(
        "appRole: { roleIdFile: %s, secretIdFile: %s }, fallback: { tokenFile: %s }"
            .formatted(file("role-id"), file("secret-id"), file("token")));
  }

  @Test
  void namespace_isUsedForTheLoginAndTheKey_andAnUnknownOneIsRefused() throws Exception {
    var _ = bao.post("sys/namespaces/team", "{}");
    var _ = bao.postIn("team", "sys/mounts/transit", "{\"type\":\"transit\"}");
    var _ = bao.postIn("team", "transit/keys/" + key.name(), "{\"type\":\"aes256-gcm96\"}");
    var _ =
        bao.postIn(
            "team",
            "sys/policies/acl/all",
            "{\"policy\":\"path \\\"transit/*\\\" {"
                + " capabilities = [\\\"read\\\", \\\"update\\\"] }\"}");
    String token =
        OpenBao.text(
            bao.postIn("team", "auth/token/create", "{\"policies\":[\"all\"]}"),
            "auth",
            "client_token");
    key.write("token", token);
    String yaml = key.yaml("tokenFile: " + file("token"));
    try (Kek kek = open(yaml + "namespace: team\n")) {
      assertServes(kek);
    }
    try (Kek kek = open(yaml + "namespace: nowhere\n")) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon())).isInstanceOf(KekException.class);
    }
  }

  @Test
  void caOfAnother_isRefusedInTheHandshake() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other-ca" + keys));
    Path ca = TestCa.create(other).certificate();
    key.write("ca.pem", Files.readString(ca));
    String yaml = key.yaml().replaceFirst("caFile: .*", "caFile: " + file("ca.pem"));
    try (Kek kek = open(yaml)) {
      assertThatThrownBy(() -> kek.describe(BaoKey.soon()))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("TLS");
      key.write("ca.pem", Files.readString(bao.ca().certificate()));
      assertServes(kek);
    }
  }
}
