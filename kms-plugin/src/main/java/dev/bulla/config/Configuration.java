// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.RecoveryPolicy;
import dev.bulla.health.OutageLimits;
import dev.bulla.kek.backend.Backend;
import dev.bulla.settings.Problem;
import dev.bulla.socket.SocketSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A configuration that was read without a problem.
 *
 * @param scope identity of this cluster's data
 * @param socket how the socket is offered
 * @param socketPosition where that stands in the file
 * @param keks the KEKs, in the file's order; exactly one writes
 * @param dek limits of each DEK
 * @param outage how long to go on without the KEK
 * @param rotation when and under which generation a KEK's version is used
 * @param recovery what to do while a recovery KEK is away
 * @param journal where wrapped DEKs are noted for the next start
 * @param audit where the audit trail is written
 * @param logFormat how log lines look
 * @param requiredProvider which JCA provider must do the cryptography of envelopes
 * @param ops where metrics and probes are served; nowhere if it is empty
 * @param notices what the operator should know, for the log
 */
public record Configuration(
    String scope,
    SocketSettings socket,
    Problem.Position socketPosition,
    List<KekEntry> keks,
    DekLimits dek,
    OutageLimits outage,
    Rotation rotation,
    RecoveryPolicy recovery,
    Optional<Path> journal,
    Optional<Path> audit,
    LogFormat logFormat,
    Optional<RequiredProvider> requiredProvider,
    Optional<InetSocketAddress> ops,
    List<String> notices) {
  /** Checks that nothing is missing. */
  public Configuration {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(dek, "dek");
    Objects.requireNonNull(outage, "outage");
    Objects.requireNonNull(rotation, "rotation");
    Objects.requireNonNull(recovery, "recovery");
    Objects.requireNonNull(logFormat, "logFormat");
    Objects.requireNonNull(journal, "journal");
    Objects.requireNonNull(ops, "ops");
    keks = List.copyOf(keks);
    notices = List.copyOf(notices);
  }

  /**
   * When and under which generation a KEK's version is used.
   *
   * @param delay from a version's creation to its use
   * @param generation part of key_id, raised to go back to an earlier KEK
   */
  public record Rotation(Duration delay, int generation) {}

  /**
   * A JCA provider without which nothing starts.
   *
   * @param position where it is demanded
   */
  public record RequiredProvider(String name, Problem.Position position) {}

  /**
   * One KEK.
   *
   * @param name the operator's name for it
   * @param role what it is for
   * @param backend its kind, as the configuration writes it
   * @param position where it stands in the file
   * @param key path of its block
   */
  public record KekEntry(
      String name,
      KekRole role,
      String backend,
      Backend.Opener opener,
      Problem.Position position,
      String key) {}
}
