// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server's certificate that vouches for itself, made with the JDK's keytool.
 *
 * @param context TLS for a server that shows it
 */
public record SelfSigned(Certificate certificate, SSLContext context) {
  private static final char[] PASSWORD = "only-for-tests".toCharArray();

  /** Makes one for {@code san}, such as {@code ip:127.0.0.1}; its files are in {@code folder}. */
  public static SelfSigned create(Path folder, String san) throws Exception {
    Path file = Files.createTempDirectory(folder, "tls").resolve("tls.p12");
    generate(file, san);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return new SelfSigned(store.getCertificate("server"), context);
  }

  private static void generate(Path file, String san) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home", ""), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=server",
            "-alias",
            "server",
            "-ext",
            "san=" + san,
            "-keystore",
            file.toString(),
            "-storepass",
            new String(PASSWORD));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool made no certificate");
    }
  }
}
