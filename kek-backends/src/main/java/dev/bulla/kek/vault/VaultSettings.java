// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The {@code vault} block.
 *
 * @param addresses where the service is, in the order of preference; at least one
 * @param auth how to log in, in the order of preference; at least one
 */
record VaultSettings(List<URI> addresses, KeyName key, Network network, List<LoginMethod> auth) {
  VaultSettings {
    addresses = List.copyOf(addresses);
    auth = List.copyOf(auth);
    if (addresses.isEmpty() || auth.isEmpty()) {
      throw new IllegalArgumentException("there must be an address and a login");
    }
  }

  /**
   * Which key.
   *
   * @param clusterLabel the operator's name for the Vault cluster; may be empty
   * @param namespace without slashes at its ends; empty for the root namespace
   * @param mount path of the transit engine, without slashes at its ends
   * @param pinned the version that wraps, whatever newer ones there are; 0 for the latest
   */
  record KeyName(String clusterLabel, String namespace, String mount, String key, long pinned) {}

  /**
   * How the service is reached.
   *
   * @param caFile PEM certificates to trust instead of the runtime's
   * @param serverName the name in the server's certificate where addresses are numbers
   * @param clientCert PEM file of a client certificate and its chain
   * @param clientKey PEM file of its key; if empty, the key is in {@code clientCert}
   */
  record Network(
      Optional<Path> caFile,
      Optional<String> serverName,
      Optional<InetSocketAddress> proxy,
      Optional<Path> clientCert,
      Optional<Path> clientKey) {}
}
