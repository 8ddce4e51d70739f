// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.proof.CallerProof;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A way to a token. */
sealed interface LoginMethod {
  /** Returns the files it reads: a login that was refused is tried again when one changes. */
  List<Path> files();

  /** Returns whether a refusal may mean that a third party could not be asked. */
  default boolean mayBeRefusedInAnOutage() {
    return false;
  }

  /** A token that somebody else keeps fresh in a file, such as an agent's sink. */
  record TokenFile(Path file) implements LoginMethod {
    @Override
    public List<Path> files() {
      return List.of(file);
    }
  }

  /**
   * An AppRole.
   *
   * @param wrapped whether the file holds a wrapping token instead of the secret id
   */
  record AppRole(Path roleIdFile, Path secretIdFile, boolean wrapped, String mount)
      implements LoginMethod {
    @Override
    public List<Path> files() {
      return List.of(roleIdFile, secretIdFile);
    }
  }

  /**
   * A JWT of the method {@code jwt}, or of {@code kubernetes}, which takes the same request.
   *
   * @param kubernetes whether a refusal may mean that an API server could not be asked
   */
  record Jwt(Path file, String role, String mount, boolean kubernetes) implements LoginMethod {
    @Override
    public List<Path> files() {
      return List.of(file);
    }

    @Override
    public boolean mayBeRefusedInAnOutage() {
      return kubernetes;
    }
  }

  /**
   * An identity of AWS, which the service asks STS about.
   *
   * @param serverId the name of the service that is signed too, so that another cannot use the
   *     proof
   */
  record AwsIam(String role, String mount, Optional<String> serverId, CallerProof proof)
      implements LoginMethod {
    @Override
    public List<Path> files() {
      return proof.files();
    }

    @Override
    public boolean mayBeRefusedInAnOutage() {
      return true;
    }
  }

  /**
   * The client certificate of the connection.
   *
   * @param files of the certificate and of its key
   */
  record Cert(Optional<String> role, String mount, List<Path> files) implements LoginMethod {
    public Cert {
      files = List.copyOf(files);
    }
  }
}
