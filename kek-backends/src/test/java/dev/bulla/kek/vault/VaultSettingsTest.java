// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.aws.CallerIdentityReader;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import dev.bulla.settings.SettingsDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be configured, and what is said of the rest. */
final class VaultSettingsTest {
  private static final String AUTH = "auth: { tokenFile: /run/token }\n";
  private static final String WHOLE = "address: https://vault.example:8200\nkey: bulla\n" + AUTH;

  private static List<String> problems(String yaml) {
    Problems problems = new Problems();
    Optional<SettingsBlock> block =
        SettingsDocument.parse(yaml.getBytes(StandardCharsets.UTF_8), problems);
    var _ = block.flatMap(new VaultBackend(new CallerIdentityReader())::read);
    return problems.inOrder().stream().map(problem -> problem.render("f")).toList();
  }

  @Test
  void shortestBlock_hasTheDefaults() {
    VaultSettings settings = BaoKey.settings(WHOLE);
    assertThat(settings.addresses()).hasToString("[https://vault.example:8200]");
    assertThat(settings.key()).isEqualTo(new VaultSettings.KeyName("", "", "transit", "bulla", 0));
    assertThat(settings.auth()).containsExactly(new LoginMethod.TokenFile(Path.of("/run/token")));
  }

  @Test
  void everyKey_isRead() {
    VaultSettings settings =
        BaoKey.settings(
            """
            addresses: [https://10.0.0.1:8200, "https://[::1]:8200/"]
            serverName: vault.example
            namespace: team/a
            mount: team/transit
            key: bulla
            clusterLabel: eu-1
            pinned: 3
            caFile: /etc/ca.pem
            clientCertFile: /etc/c.pem
            clientKeyFile: /etc/k.pem
            proxy: { address: "http://proxy.example:3128" }
            auth:
              cert: { role: bulla, mount: certs }
              fallback: { kubernetes: { file: /run/jwt, role: bulla } }
            """);
    assertThat(settings.addresses()).hasToString("[https://10.0.0.1:8200, https://[::1]:8200]");
    assertThat(settings.key())
        .isEqualTo(new VaultSettings.KeyName("eu-1", "team/a", "team/transit", "bulla", 3));
    assertThat(settings.network().serverName()).contains("vault.example");
    assertThat(settings.network().proxy().orElseThrow().getPort()).isEqualTo(3128);
    assertThat(settings.auth())
        .containsExactly(
            new LoginMethod.Cert(
                Optional.of("bulla"),
                "certs",
                List.of(Path.of("/etc/c.pem"), Path.of("/etc/k.pem"))),
            new LoginMethod.Jwt(Path.of("/run/jwt"), "bulla", "kubernetes", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "address: http://vault.example:8200     | address: is plain HTTP; use https",
        "address: ftp://vault.example           | it must be https://HOST",
        "address: https://vault.example/v1      | without a path",
        "addresses: []                          | must be a list of 1 to 8 values",
        "{}                                     | needs address or addresses",
      })
  void address_thatIsWrong_isSaid(String line, String message) {
    String first = line.equals("{}") ? "" : line + "\n";
    assertThat(problems(first + "key: bulla\n" + AUTH))
        .singleElement()
        .asString()
        .contains(message);
  }

  @Test
  void plainHttp_isAllowedOnLoopbackOnly() {
    String allow = "allowPlainHttp: true\nkey: bulla\n" + AUTH;
    assertThat(problems("address: http://10.0.0.1:8200\n" + allow)).hasSize(1);
    assertThat(problems("address: http://127.0.0.1.evil.example:80\n" + allow)).hasSize(1);
    var _ = BaoKey.settings("address: http://127.0.0.1:8200\n" + allow);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "addresses: [https://v]                 | has address and addresses; one must go",
        "adress: x                              | is not a key here (did you mean 'address'?)",
        "namespace: /team                       | without slashes at its ends",
        "mount: ../sys                          | without slashes at its ends",
        "pinned: 0                              | it must be a whole number from 1 to 2147483647",
        "clusterLabel: a b                      | 1 to 128 of A-Z a-z 0-9 . _ -",
        "serverName: vault                      | is only for addresses that are numbers",
        "clientKeyFile: /etc/k                  | needs clientCertFile as well",
        "caFile: ca.pem                         | an absolute path",
        "proxy: { address: 'https://p:1' }      | http://HOST:PORT of an HTTP proxy",
      })
  void line_thatIsWrong_isSaid(String line, String message) {
    assertThat(problems(WHOLE + line + "\n")).singleElement().asString().contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                     | must name exactly one login, of: tokenFile, appRole",
        "{ tokenFile: /t, jwt: { file: /j, role: r } } | must name exactly one login",
        "{ tokenFile: t }                       | auth.tokenFile: is 't'; it must be an absolute path",
        "{ awsIam: {} }                         | auth.awsIam.role: is missing; it must be the name",
        "{ awsIam: { role: r, rol: x } }        | f:3:28: auth.awsIam.rol: is not a key here (did you mean 'role'?)",
        "{ awsIam: { role: r, region: EU } }    | auth.awsIam.region: is 'EU'; it must be a Region",
        "{ awsIam: { role: r, serverId: 'a b' } } | auth.awsIam.serverId: is 'a b'; it must be",
        "{ awsIam: { role: r, stsEndpoint: 'http://127.0.0.1:1' } } | auth.awsIam.stsEndpoint: is plain HTTP",
        "{ awsIam: { role: r, credentials: { instance: {}, container: {} } } } | auth.awsIam.credentials: names two",
        "{ awsIam: { role: r, credentials: { profile: { nam: x } } } } | f:3:54: auth.awsIam.credentials.profile.nam: is not",
        "{ appRole: { roleIdFile: /r } }        | auth.appRole.secretIdFile: is missing",
        "{ jwt: { file: /j } }                  | auth.jwt.role: is missing",
        "{ jwt: { file: /j, role: r, x: 1 } }   | auth.jwt.x: is not a key here",
        "{ cert: { role: r } }                  | needs the certificate: set clientCertFile beside auth",
        "{ tokenFile: /t, fallback: {} }        | auth.fallback: must name exactly one login",
        "{ tokenFile: /t, fallback: { tokenFile: /t, fallback: {} } } | auth.fallback.fallback: is not a key",
      })
  void login_thatIsWrong_isSaid(String auth, String message) {
    assertThat(problems("address: https://v\nkey: bulla\nauth: " + auth + "\n"))
        .singleElement()
        .asString()
        .contains(message);
  }

  @Test
  void awsIam_isReadWithItsDefaults_andFollowsTheFilesOfItsCredentials() {
    String least = "address: https://v\nkey: bulla\nauth: { awsIam: { role: r } }\n";
    LoginMethod.AwsIam shortest = awsIam(least);
    assertThat(shortest.role()).isEqualTo("r");
    assertThat(shortest.mount()).isEqualTo("aws");
    assertThat(shortest.serverId()).isEmpty();
    assertThat(shortest.files()).isEmpty();
    LoginMethod.AwsIam whole =
        awsIam(
            """
            address: https://v
            key: bulla
            auth:
              awsIam:
                role: r
                mount: cloud/aws
                region: eu-central-1
                stsEndpoint: https://vpce.example
                serverId: vault.example
                credentials: { profile: { file: /etc/aws } }
            """);
    assertThat(whole.mount()).isEqualTo("cloud/aws");
    assertThat(whole.serverId()).contains("vault.example");
    assertThat(whole.files()).containsExactly(Path.of("/etc/aws"));
  }

  private static LoginMethod.AwsIam awsIam(String yaml) {
    return (LoginMethod.AwsIam) BaoKey.settings(yaml).auth().getFirst();
  }

  @Test
  void missingLogin_isSaid() {
    assertThat(problems("address: https://v\nkey: bulla\n"))
        .singleElement()
        .asString()
        .contains("auth: is missing; it must be one of: tokenFile, appRole, jwt, kubernetes, cert");
  }

  @Test
  void identity_isFramed() throws Exception {
    try (VaultKek kek =
        VaultKek.open(BaoKey.settings(WHOLE + "namespace: n\nclusterLabel: c\n"), "s")) {
      assertThat(kek.identity().value().toByteArray())
          .isEqualTo("\0\1c\0\1n\0\7transit\0\5bulla".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
