// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxies, a private CA, and the instance metadata service. */
final class AwsNetworkTest {
  private static final String NOWHERE = "http://127.0.0.1:9";
  private static final String ROLE = "arn:aws:iam::111122223333:role/bulla";
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;

  private static void describe(AwsKek kek) throws KekException {
    assertThat(kek.describe(AwsFixture.soon())).isNotNull();
  }

  private AwsKek throughProxy(FakeAwsKms fake, String bypass) throws Exception {
    String yaml =
        """
        keyArn: %s
        endpoint: %s
        allowPlainHttp: true
        proxy: { address: "%s" %s }
        credentials:
          profile: { name: bulla, file: %s }
          assumeRole: { roleArn: "%s" }
          stsEndpoint: %s
        """
            .formatted(
                fake.createKey(),
                NOWHERE,
                fake.endpoint(),
                bypass,
                AwsFixture.credentials(folder),
                ROLE,
                NOWHERE);
    return AwsKek.open(AwsFixture.settings(yaml), "n");
  }

  @Test
  void proxy_carriesKmsAndSts() throws Exception {
    try (FakeAwsKms fake = FakeAwsKms.start();
        AwsKek kek = throughProxy(fake, "")) {
      describe(kek);
      assertThat(fake.calls()).isNotEmpty();
      assertThat(fake.stsCalls()).hasSize(1);
    }
  }

  @Test
  void proxy_isBypassedWhereItSaysSo() throws Exception {
    try (FakeAwsKms fake = FakeAwsKms.start();
        AwsKek kek = throughProxy(fake, ", bypass: [\"127.0.*\"]")) {
      assertThatThrownBy(() -> describe(kek)).isInstanceOf(KekException.Unavailable.class);
      assertThat(fake.calls()).isEmpty();
      assertThat(fake.stsCalls()).isEmpty();
    }
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", folder.resolve("tls.p12").toString()));
    command.addAll(List.of("-storepass", new String(PASSWORD), "-alias", "kms"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  /** Makes a key pair whose certificate is for {@code san}, and its certificate in PEM. */
  private SSLContext tls(String san) throws Exception {
    keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=kms", "-ext", "san=" + san);
    keytool("-exportcert", "-rfc", "-file", folder.resolve("ca.pem").toString());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("tls.p12"))) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private AwsKek overTls(FakeAwsKms fake, String more) throws Exception {
    URI endpoint = fake.endpoint();
    String yaml = AwsFixture.yaml(fake.createKey(), endpoint, AwsFixture.credentials(folder));
    return AwsKek.open(AwsFixture.settings(yaml.replace("allowPlainHttp: true", more)), "n");
  }

  @Test
  void privateCa_isTrustedOnlyWhenNamed() throws Exception {
    String ca = "caFile: " + folder.resolve("ca.pem");
    try (FakeAwsKms fake = FakeAwsKms.startTls(tls("ip:127.0.0.1"));
        AwsKek trusting = overTls(fake, ca);
        AwsKek other = overTls(fake, "pinned: false")) {
      describe(trusting);
      assertThatThrownBy(() -> describe(other))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("caFile");
    }
  }

  @Test
  void certificateOfAnotherHost_isRefused() throws Exception {
    String ca = "caFile: " + folder.resolve("ca.pem");
    try (FakeAwsKms fake = FakeAwsKms.startTls(tls("dns:elsewhere.example"));
        AwsKek kek = overTls(fake, ca)) {
      assertThatThrownBy(() -> describe(kek)).isInstanceOf(KekException.Unavailable.class);
      assertThat(fake.calls()).isEmpty();
    }
  }

  @Test
  void instanceMetadata_givesTheRolesCredentials() throws Exception {
    String property = "aws.ec2MetadataServiceEndpoint";
    try (FakeAwsKms fake = FakeAwsKms.start()) {
      System.setProperty(property, fake.endpoint().toString());
      String yaml =
          AwsFixture.yaml(fake.createKey(), fake.endpoint(), folder)
              .replaceFirst("credentials:.*", "credentials: { instance: {} }");
      try (AwsKek kek = AwsKek.open(AwsFixture.settings(yaml), "n")) {
        describe(kek);
        assertThat(fake.calls()).isNotEmpty();
        assertThat(kek.credentialsExpireAt().orElseThrow()).isAfter(Instant.now().plusSeconds(60));
      }
    } finally {
      System.clearProperty(property);
    }
  }
}
