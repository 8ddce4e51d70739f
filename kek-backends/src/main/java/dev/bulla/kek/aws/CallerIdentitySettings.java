// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.net.URI;
import java.util.Optional;

/**
 * As whom, and for which STS, GetCallerIdentity is signed.
 *
 * @param region of STS; empty for the global endpoint, whose signatures are of us-east-1
 * @param stsEndpoint where that STS is if not at its public address
 */
record CallerIdentitySettings(
    Optional<String> region, Optional<URI> stsEndpoint, CredentialSettings credentials) {
  private static final String OF_THE_GLOBAL_ENDPOINT = "us-east-1";

  String signingRegion() {
    return region.orElse(OF_THE_GLOBAL_ENDPOINT);
  }
}
