// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.remote.RuntimeTrust;
import dev.bulla.kek.vault.VaultSettings.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS as the settings say: whom to trust, and which certificate to show. */
final class Tls {
  private Tls() {}

  /** Returns the files whose change asks for a new context. */
  static List<Path> files(Network network) {
    return Stream.of(network.caFile(), network.clientCert(), network.clientKey())
        .flatMap(file -> file.stream())
        .toList();
  }

  /**
   * Reads the files.
   *
   * @throws KekException.Unavailable if one cannot be read
   */
  static SSLContext context(Network network) throws KekException.Unavailable {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(shown(network), trusted(network), null);
      return context;
    } catch (GeneralSecurityException | IOException _) {
      throw new KekException.Unavailable(
          "the client certificate and its key cannot be used; do they belong together?");
    }
  }

  static SSLParameters parameters(Network network) {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    network
        .serverName()
        .ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
    return parameters;
  }

  private static TrustManager[] trusted(Network network)
      throws GeneralSecurityException, IOException, KekException.Unavailable {
    if (network.caFile().isEmpty()) {
      return RuntimeTrust.managers();
    }
    KeyStore store = emptyStore();
    int index = 0;
    for (Certificate certificate : Pem.certificates(network.caFile().get())) {
      store.setCertificateEntry("ca" + index++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager @Nullable [] shown(Network network)
      throws GeneralSecurityException, IOException, KekException.Unavailable {
    if (network.clientCert().isEmpty()) {
      return null;
    }
    Path file = network.clientCert().get();
    Certificate[] chain = Pem.certificates(file).toArray(new Certificate[0]);
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client", Pem.privateKey(network.clientKey().orElse(file)), new char[0], chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
