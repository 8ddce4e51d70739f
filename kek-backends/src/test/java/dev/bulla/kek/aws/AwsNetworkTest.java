// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.kek.SelfSigned;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proxies, a private CA, and the instance metadata service. */
final class AwsNetworkTest {
  private static final String NOWHERE = "http://127.0.0.1:9";
  private static final String ROLE = "arn:aws:iam::111122223333:role/bulla";

  @TempDir private Path folder;

  private static void describe(AwsKek kek) throws KekException {
    assertThat(kek.describe(AwsFixture.soon())).isNotNull();
  }

  /** Describes it, however long this process takes to load what its first call needs. */
  private static void describeInTheEnd(AwsKek kek) throws KekException {
    Instant end = Instant.now().plusSeconds(30);
    while (Instant.now().isBefore(end)) {
      try {
        describe(kek);
        return;
      } catch (KekException.Unavailable _) {
        Thread.onSpinWait();
      }
    }
    describe(kek);
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
      describeInTheEnd(kek);
      assertThat(fake.calls()).isNotEmpty();
      assertThat(fake.stsCalls()).isNotEmpty();
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

  /** Returns TLS with a certificate for {@code san}, which is also in {@code ca.pem}. */
  private SSLContext tls(String san) throws Exception {
    SelfSigned shown = SelfSigned.create(folder, san);
    String lines = Base64.getMimeEncoder().encodeToString(shown.certificate().getEncoded());
    Files.writeString(
        folder.resolve("ca.pem"),
        "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n");
    return shown.context();
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
      describeInTheEnd(trusting);
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

  /** Returns where the plugin would connect to, as a proxy is told, which then hangs up. */
  private String destination(String more) throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String yaml =
          """
          keyArn: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
          proxy: { address: "http://127.0.0.1:%d" }
          credentials: { profile: { name: bulla, file: %s } }
          %s
          """
              .formatted(proxy.getLocalPort(), AwsFixture.credentials(folder), more);
      CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> firstLine(proxy));
      try (AwsKek kek = AwsKek.open(AwsFixture.settings(yaml), "n")) {
        assertThatThrownBy(() -> describe(kek)).isInstanceOf(KekException.Unavailable.class);
      }
      return line.get();
    }
  }

  private static String firstLine(ServerSocket proxy) {
    try (proxy;
        Socket connection = proxy.accept()) {
      byte[] request = connection.getInputStream().readNBytes(80);
      return new String(request, StandardCharsets.US_ASCII).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void endpoint_isThatOfTheRegionAndOfWhatIsAskedOfIt() throws Exception {
    assertThat(destination("")).startsWith("CONNECT kms.eu-central-1.amazonaws.com:443 ");
    assertThat(destination("fips: true"))
        .startsWith("CONNECT kms-fips.eu-central-1.amazonaws.com:443 ");
    assertThat(destination("dualStack: true")).startsWith("CONNECT kms.eu-central-1.api.aws:443 ");
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
        describeInTheEnd(kek);
        assertThat(fake.calls()).isNotEmpty();
        assertThat(kek.credentialsExpireAt().orElseThrow()).isAfter(Instant.now().plusSeconds(60));
      }
    } finally {
      System.clearProperty(property);
    }
  }
}
