// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a KEK says of itself.
 *
 * @param identity which key this is; must not change between two calls
 * @param current the version that wraps now
 * @param createdAt when {@code current} was made, by the service's clock; empty where it does not
 *     say
 * @param state whether the key may be used
 */
public record KekDescription(
    KekIdentity identity, KekVersion current, Optional<Instant> createdAt, KekState state) {
  /** Checks that nothing is missing. */
  public KekDescription {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(current, "current");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(state, "state");
  }
}
