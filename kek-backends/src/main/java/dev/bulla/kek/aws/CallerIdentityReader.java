// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.proof.CallerProof;
import dev.bulla.kek.proof.ProofReader;
import dev.bulla.settings.SettingsBlock;
import java.net.URI;
import java.util.Optional;

/**
 * Reads {@code region}, {@code stsEndpoint} and {@code credentials} of a login by AWS identity. No
 * class of the SDK is loaded before the first login.
 */
public final class CallerIdentityReader implements ProofReader {
  @Override
  public Optional<CallerProof> read(SettingsBlock block, boolean plainHttp) {
    Optional<String> region =
        block.optionalText("region", AwsKeyArn.REGION, "a Region, such as eu-central-1");
    Optional<URI> endpoint = Endpoints.read(block, "stsEndpoint", plainHttp);
    Optional<CredentialSettings> credentials = CredentialReader.read(block, plainHttp);
    boolean wrong =
        (block.keys().contains("region") && region.isEmpty())
            || (block.keys().contains("stsEndpoint") && endpoint.isEmpty());
    return wrong
        ? Optional.empty()
        : credentials.map(c -> new CallerIdentity(new CallerIdentitySettings(region, endpoint, c)));
  }
}
