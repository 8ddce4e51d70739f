// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code aws} block.
 *
 * @param key the key, with the ARN that the operator wrote
 * @param places where it is reached, in the order of preference; at least one
 * @param pinned whether rotation of its material leaves key_id alone
 */
record AwsSettings(
    AwsKeyArn key,
    List<Place> places,
    boolean pinned,
    Network network,
    CredentialSettings credentials) {
  AwsSettings {
    places = List.copyOf(places);
    if (places.isEmpty()) {
      throw new IllegalArgumentException("a key must be reached somewhere");
    }
    if (!key.isMultiRegion() && places.stream().anyMatch(p -> !p.region().equals(key.region()))) {
      throw new IllegalArgumentException("only a multi-Region key is in other Regions");
    }
  }

  /**
   * A Region, or an endpoint of it.
   *
   * @param endpoint where the service is if not at its public address
   */
  record Place(String region, Optional<URI> endpoint) {}

  /**
   * How AWS is reached.
   *
   * @param fips whether to use the endpoints of FIPS 140
   * @param dualStack whether to use the endpoints that speak IPv6
   * @param caFile PEM certificates to trust instead of the runtime's
   * @param proxy of KMS and of STS alike
   */
  record Network(boolean fips, boolean dualStack, Optional<Path> caFile, Optional<Proxy> proxy) {}

  /**
   * An HTTP proxy.
   *
   * @param bypass hosts that are reached without it
   */
  record Proxy(URI address, Set<String> bypass) {
    Proxy {
      bypass = Set.copyOf(bypass);
    }
  }
}
