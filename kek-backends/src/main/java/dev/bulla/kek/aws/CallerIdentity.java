// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.kek.aws.CredentialSettings.Source;
import dev.bulla.kek.proof.CallerProof;
import dev.bulla.kek.proof.SignedRequest;
import dev.bulla.time.Deadline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who this process is to AWS: a signed GetCallerIdentity, which another sends to STS. */
record CallerIdentity(CallerIdentitySettings settings) implements CallerProof {
  @Override
  public List<Path> files() {
    return switch (settings.credentials().source()) {
      case Source.Profile(_, Optional<Path> file) -> file.stream().toList();
      case Source.WebIdentity identity -> List.of(identity.tokenFile());
      case Source.Chain _,
          Source.Environment _,
          Source.Instance _,
          Source.Container _,
          Source.Command _ ->
          List.of();
    };
  }

  @Override
  public SignedRequest sign(Map<String, String> headers, Deadline deadline) throws KekException {
    try {
      return IdentityRequest.sign(settings, headers, deadline);
    } catch (LinkageError _) {
      // A login that ended so would be waited for for ever.
      throw new KekException.Unavailable("a class of the AWS SDK could not be loaded");
    }
  }
}
