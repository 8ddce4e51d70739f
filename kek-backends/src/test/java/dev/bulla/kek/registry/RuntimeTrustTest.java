// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.SelfSigned;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.kek.vault.fake.FakeTransit;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runtime's certificates without a {@code caFile}: read when a server shows one, and then as
 * the runtime would. In processes of their own, whose certificates the test chooses.
 */
final class RuntimeTrustTest {
  private static final String PASSWORD = "only-for-tests";
  private static final long CREATED = 1_795_452_494;

  @TempDir private Path folder;

  /** Returns what each KEK's first call comes to in a process that trusts {@code trusted}. */
  private List<String> described(Path trusted, Path... keks) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djavax.net.ssl.trustStore=" + trusted,
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-cp",
                System.getProperty("java.class.path"),
                DescribesEach.class.getName()));
    for (Path kek : keks) {
      command.add(kek.toString());
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = out.readAllLines();
      assertThat(process.waitFor()).isZero();
      return lines;
    }
  }

  private Path aws(FakeAwsKms fake) throws Exception {
    Path credentials = folder.resolve("credentials");
    Files.writeString(
        credentials,
        "[bulla]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
            .formatted(FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET));
    return Files.writeString(
        Files.createTempFile(folder, "aws-", ".yaml"),
        """
        keyArn: %s
        endpoint: %s
        allowPlainHttp: true
        credentials: { profile: { name: bulla, file: %s } }
        """
            .formatted(fake.createKey(), fake.endpoint(), credentials));
  }

  private Path vault(FakeTransit fake) throws Exception {
    fake.createKey("k", CREATED);
    Path role = Files.writeString(folder.resolve("role"), FakeTransit.ROLE_ID);
    Path secret = Files.writeString(folder.resolve("secret"), FakeTransit.SECRET_ID);
    return Files.writeString(
        Files.createTempFile(folder, "vault-", ".yaml"),
        """
        address: %s
        allowPlainHttp: true
        key: k
        auth: { appRole: { roleIdFile: %s, secretIdFile: %s } }
        """
            .formatted(fake.address(), role, secret));
  }

  @Test
  void withoutTls_noCertificateIsRead() throws Exception {
    Path none = Files.writeString(folder.resolve("none"), "these are no certificates");
    SelfSigned shown = SelfSigned.create(folder, "ip:127.0.0.1");
    try (FakeAwsKms aws = FakeAwsKms.start();
        FakeTransit vault = FakeTransit.start();
        FakeAwsKms awsTls = FakeAwsKms.startTls(shown.context());
        FakeTransit vaultTls = FakeTransit.startTls(shown.context())) {
      assertThat(described(none, aws(aws), vault(vault), aws(awsTls), vault(vaultTls)))
          .satisfiesExactly(
              answer -> assertThat(answer).isEqualTo("described"),
              answer -> assertThat(answer).isEqualTo("described"),
              answer -> assertThat(answer).startsWith("TLS to AWS failed"),
              answer -> assertThat(answer).contains("no TLS connection"));
    }
  }

  @Test
  void overTls_whomTheRuntimeTrustsIsTrusted_forItsOwnNameOnly() throws Exception {
    SelfSigned own = SelfSigned.create(folder, "ip:127.0.0.1");
    SelfSigned elsewhere = SelfSigned.create(folder, "dns:elsewhere.example");
    Path trusted = trusted(own, elsewhere);
    try (FakeAwsKms aws = FakeAwsKms.startTls(own.context());
        FakeTransit vault = FakeTransit.startTls(own.context());
        FakeAwsKms otherAws = FakeAwsKms.startTls(elsewhere.context());
        FakeTransit otherVault = FakeTransit.startTls(elsewhere.context())) {
      assertThat(described(trusted, aws(aws), vault(vault), aws(otherAws), vault(otherVault)))
          .satisfiesExactly(
              answer -> assertThat(answer).isEqualTo("described"),
              answer -> assertThat(answer).isEqualTo("described"),
              answer -> assertThat(answer).startsWith("TLS to AWS failed"),
              answer -> assertThat(answer).contains("no TLS connection"));
      assertThat(otherAws.calls()).isEmpty();
      assertThat(otherVault.calls()).isEmpty();
    }
  }

  private Path trusted(SelfSigned... all) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < all.length; i++) {
      store.setCertificateEntry("ca" + i, all[i].certificate());
    }
    Path file = folder.resolve("trusted");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }
}
