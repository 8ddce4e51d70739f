// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where credentials come from.
 *
 * @param source the first leg
 * @param role a role to assume with what the source gives
 * @param stsEndpoint where STS is if not at its Region's public address
 */
record CredentialSettings(Source source, Optional<Role> role, Optional<URI> stsEndpoint) {

  /** Where the first leg comes from. */
  sealed interface Source {
    /** The first that gives something: environment, web identity, profile, container, instance. */
    record Chain() implements Source {}

    /** {@code AWS_ACCESS_KEY_ID} and its kin. */
    record Environment() implements Source {}

    /** A profile of the shared files, also one with {@code credential_process}. */
    record Profile(Optional<String> name, Optional<Path> file) implements Source {}

    /** The instance metadata service, version 2. */
    record Instance() implements Source {}

    /** The container credentials endpoint that the environment names. */
    record Container() implements Source {}

    /** A token file, for STS AssumeRoleWithWebIdentity. */
    record WebIdentity(String roleArn, Path tokenFile, String sessionName) implements Source {}

    /** A program that prints credentials, such as Roles Anywhere's signing helper. */
    record Command(List<String> command) implements Source {
      public Command {
        command = List.copyOf(command);
      }
    }
  }

  /** A role to assume. */
  record Role(String arn, Optional<String> externalId, String sessionName) {}
}
