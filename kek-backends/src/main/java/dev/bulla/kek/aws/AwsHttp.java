// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

/**
 * Makes the one HTTP client that KMS and STS share. TLS is that of the runtime: 1.2 or 1.3. It
 * follows no redirect.
 */
final class AwsHttp {
  private static final Duration CONNECT_TIME = Duration.ofMillis(500);

  /** Silence on a connection after which it is given up; calls have shorter times of their own. */
  private static final Duration READ_TIME = Duration.ofSeconds(4);

  private static final int MOST_CONNECTIONS = 32;

  private AwsHttp() {}

  /** Makes it; servers are those that {@code trust} trusts. */
  static SdkHttpClient client(AwsSettings.Network network, TrustManager[] trust) {
    Apache5HttpClient.Builder builder =
        Apache5HttpClient.builder()
            .connectionTimeout(CONNECT_TIME)
            .socketTimeout(READ_TIME)
            .connectionAcquisitionTimeout(CONNECT_TIME)
            .maxConnections(MOST_CONNECTIONS)
            .tcpKeepAlive(true);
    builder.tlsTrustManagersProvider(() -> trust);
    builder.proxyConfiguration(configuration(network.proxy()));
    return new BoundedHttpClient(builder.build());
  }

  // Only what the configuration says: the SDK would take HTTP_PROXY for its HTTPS calls.
  private static ProxyConfiguration configuration(Optional<AwsSettings.Proxy> proxy) {
    ProxyConfiguration.Builder builder =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false);
    proxy.ifPresent(p -> builder.endpoint(p.address()).nonProxyHosts(patterns(p.bypass())));
    return builder.build();
  }

  // The SDK takes each for a regular expression over the host in lower case.
  private static Set<String> patterns(Set<String> hosts) {
    return hosts.stream()
        .map(host -> host.toLowerCase(Locale.ROOT))
        .map(host -> host.replace(".", "\\.").replace("*", ".*"))
        .collect(Collectors.toUnmodifiableSet());
  }
}
