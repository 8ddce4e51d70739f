// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.vault.VaultSettings.Network;
import dev.bulla.time.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to one address, over one client for all, which is made anew when a certificate
 * file changes. It follows no redirect: that would take the token to another host. Thread-safe.
 */
final class VaultHttp implements AutoCloseable {
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(1);

  private final Network network;
  private @Nullable HttpClient client;
  private @Nullable FileStamp stamp;
  private boolean closed;

  VaultHttp(Network network) {
    this.network = network;
  }

  /**
   * Sends a request.
   *
   * @param token empty for a login
   * @return an answer that another address would give as well; the caller closes it
   * @throws KekException.Unavailable if there is none, or it says to try elsewhere or later
   * @throws KekException.Throttled if the service asks for fewer calls
   */
  Answer send(URI address, VaultRequest request, Optional<String> token, Deadline until)
      throws KekException {
    Duration left = until.remaining();
    if (left.compareTo(LEAST_TIMEOUT) < 0) {
      throw new KekException.Unavailable("no time was left for a call");
    }
    try {
      HttpResponse<byte[]> response =
          client().send(http(address, request, token, left), _ -> new CappedBody());
      return Statuses.answer(response);
    } catch (IOException e) {
      throw Statuses.failure(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new KekException.Unavailable("interrupted");
    }
  }

  private static HttpRequest http(
      URI address, VaultRequest request, Optional<String> token, Duration timeout) {
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(address + "/v1/" + request.path()))
            .timeout(timeout)
            .header("X-Vault-Request", "true");
    token.ifPresent(value -> http.header("X-Vault-Token", value));
    if (!request.namespace().isEmpty()) {
      http.header("X-Vault-Namespace", request.namespace());
    }
    return request.isGet()
        ? http.GET().build()
        : http.header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(request.body()))
            .build();
  }

  private synchronized HttpClient client() throws KekException.Unavailable {
    if (closed) {
      throw new KekException.Unavailable("the KEK was closed");
    }
    FileStamp now = FileStamp.of(Tls.files(network));
    HttpClient current = client;
    if (current != null && now.equals(stamp)) {
      return current;
    }
    try {
      HttpClient made = make();
      client = made;
      stamp = now;
      if (current != null) {
        current.shutdown();
      }
      return made;
    } catch (KekException.Unavailable e) {
      // A file is being replaced: the certificates that were read before serve until it is whole.
      if (current != null) {
        return current;
      }
      throw e;
    }
  }

  private HttpClient make() throws KekException.Unavailable {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(proxy())
        .sslContext(Tls.context(network))
        .sslParameters(Tls.parameters(network))
        .build();
  }

  private ProxySelector proxy() {
    Optional<InetSocketAddress> proxy = network.proxy();
    return proxy.isEmpty()
        ? HttpClient.Builder.NO_PROXY
        : ProxySelector.of(
            InetSocketAddress.createUnresolved(proxy.get().getHostString(), proxy.get().getPort()));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
