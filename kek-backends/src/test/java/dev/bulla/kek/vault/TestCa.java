// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority of one test run, made with the JDK's keytool. */
final class TestCa {
  private static final String PASSWORD = "only-for-tests";

  private final Path folder;
  private final Path store;

  private TestCa(Path folder) {
    this.folder = folder;
    this.store = folder.resolve("ca.p12");
  }

  static TestCa create(Path folder) throws IOException, InterruptedException {
    TestCa ca = new TestCa(folder);
    ca.keytool("ca", "-dname", "CN=bulla-test-ca", "-ext", "bc:c");
    return ca;
  }

  Path certificate() throws Exception {
    return pem("ca", "ca.crt", false);
  }

  /** Makes a certificate for {@code name}, with the extensions of {@code ext}. */
  void issue(String name, String... ext) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-dname", "CN=" + name, "-signer", "ca"));
    for (String each : ext) {
      arguments.addAll(List.of("-ext", each));
    }
    keytool(name, arguments.toArray(new String[0]));
  }

  Path certificateOf(String name) throws Exception {
    return pem(name, name + ".crt", false);
  }

  Path keyOf(String name) throws Exception {
    return pem(name, name + ".key", true);
  }

  private void keytool(String alias, String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("keytool.log")));
    }
  }

  private Path pem(String alias, String file, boolean key)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Key secret = keys.getKey(alias, PASSWORD.toCharArray());
    byte[] der = key ? secret.getEncoded() : keys.getCertificate(alias).getEncoded();
    return Files.writeString(folder.resolve(file), block(key ? "PRIVATE KEY" : "CERTIFICATE", der));
  }

  static String block(String kind, byte[] der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, lines, kind);
  }
}
