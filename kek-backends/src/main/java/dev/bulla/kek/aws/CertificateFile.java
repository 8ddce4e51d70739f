// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Reads the certificates of a private CA. */
final class CertificateFile {
  private CertificateFile() {}

  /**
   * Returns managers that trust the certificates of {@code file} and no others.
   *
   * @throws KekException.Unavailable if the file cannot be read or has no certificate
   */
  static TrustManager[] trust(Path file) throws KekException.Unavailable {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new KekException.Unavailable(file + " has no certificate in PEM");
      }
      return managers(certificates);
    } catch (IOException | GeneralSecurityException _) {
      throw new KekException.Unavailable(
          file + " cannot be read as certificates in PEM; is it there, and readable by Bulla?");
    }
  }

  private static TrustManager[] managers(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int index = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca" + index++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
