// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.Phase;
import dev.bulla.health.Setback;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One KEK at one moment.
 *
 * @param name the operator's name for it
 * @param role what it is for
 * @param phase what it can be relied on for
 * @param setback kind of the last failure since the last confirmation
 * @param sinceConfirmed time since the last confirmation; empty before the first
 * @param sealsFor how long seeds are sealed if it is not heard of again; never negative
 * @param opensFor how long DEKs in memory open if it is not heard of again; never negative
 * @param credentialsExpireAt when the credentials in use expire, if they do
 */
public record KekFacts(
    String name,
    KekRole role,
    Phase phase,
    Optional<Setback> setback,
    Optional<Duration> sinceConfirmed,
    Duration sealsFor,
    Duration opensFor,
    Optional<Instant> credentialsExpireAt) {
  /** Checks that nothing is missing. */
  public KekFacts {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(setback, "setback");
    Objects.requireNonNull(sinceConfirmed, "sinceConfirmed");
    Objects.requireNonNull(sealsFor, "sealsFor");
    Objects.requireNonNull(opensFor, "opensFor");
    Objects.requireNonNull(credentialsExpireAt, "credentialsExpireAt");
  }
}
