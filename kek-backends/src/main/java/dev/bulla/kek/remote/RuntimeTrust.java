// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts whom the runtime trusts, and reads the runtime's certificates when the first server shows
 * its own: some 80 ms of a start (docs/decisions.md, 77), which one over plain HTTP need not wait
 * for. All checks are the runtime's own. Thread-safe.
 */
public final class RuntimeTrust extends X509ExtendedTrustManager {
  private @Nullable X509ExtendedTrustManager manager;

  private RuntimeTrust() {}

  /** Returns it as TLS takes it. */
  public static TrustManager[] managers() {
    return new TrustManager[] {new RuntimeTrust()};
  }

  // A failure is told to the caller and not kept: the file may be there the next time.
  private synchronized X509ExtendedTrustManager manager() throws CertificateException {
    if (manager == null) {
      manager = read();
    }
    return manager;
  }

  private static X509ExtendedTrustManager read() throws CertificateException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager made : factory.getTrustManagers()) {
        if (made instanceof X509ExtendedTrustManager checks) {
          return checks;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the runtime's certificates cannot be read", e);
    }
    throw new CertificateException("the runtime checks no certificates");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    manager().checkServerTrusted(chain, kind, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    manager().checkServerTrusted(chain, kind, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    manager().checkServerTrusted(chain, kind);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    throw noClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    throw noClients();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw noClients();
  }

  private static CertificateException noClients() {
    return new CertificateException("only servers are checked");
  }

  /** Returns none: only a server names those whom it accepts. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
