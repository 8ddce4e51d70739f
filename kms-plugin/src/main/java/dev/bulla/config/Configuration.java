// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.envelope.DekLimits;
import dev.bulla.kek.backend.Backend;
import dev.bulla.settings.Problem;
import dev.bulla.socket.SocketSettings;
import java.util.List;
import java.util.Objects;

/**
 * A configuration that was read without a problem.
 *
 * @param scope identity of this cluster's data
 * @param socket how the socket is offered
 * @param socketPosition where that stands in the file
 * @param writeKek the KEK that wraps every DEK
 * @param dek limits of each DEK
 * @param generation part of key_id, raised to go back to an earlier KEK
 * @param notices what was accepted but has no effect in this release, for the log
 */
public record Configuration(
    String scope,
    SocketSettings socket,
    Problem.Position socketPosition,
    KekEntry writeKek,
    DekLimits dek,
    int generation,
    List<String> notices) {
  /** Checks that nothing is missing. */
  public Configuration {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(writeKek, "writeKek");
    Objects.requireNonNull(dek, "dek");
    notices = List.copyOf(notices);
  }

  /**
   * One KEK.
   *
   * @param name the operator's name for it
   * @param backend its kind, as the configuration writes it
   * @param position where it stands in the file
   * @param key path of its block
   */
  public record KekEntry(
      String name, String backend, Backend.Opener opener, Problem.Position position, String key) {}
}
