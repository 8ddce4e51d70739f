// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a KEK says of itself.
 *
 * @param identity which key this is; must not change between two calls
 * @param versions those that can still be told apart, newest first: at least the one that wraps
 *     now. Earlier ones tell a node that starts during a rotation which version its peers use.
 * @param state whether the key may be used
 * @param serviceTime what the service's clock showed when it answered, to the second; empty where
 *     it does not say
 */
public record KekDescription(
    KekIdentity identity,
    List<DatedVersion> versions,
    KekState state,
    Optional<Instant> serviceTime) {
  /** Most versions that are looked at: far more than are rotated to within one delay. */
  public static final int MOST_VERSIONS = 64;

  /** Checks that nothing is missing, and leaves out versions beyond {@link #MOST_VERSIONS}. */
  public KekDescription {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(serviceTime, "serviceTime");
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a KEK has at least one version");
    }
    versions = List.copyOf(versions.subList(0, Math.min(versions.size(), MOST_VERSIONS)));
  }

  /** A KEK of which only the current version is known. */
  public KekDescription(
      KekIdentity identity, KekVersion current, Optional<Instant> createdAt, KekState state) {
    this(identity, List.of(new DatedVersion(current, createdAt)), state, Optional.empty());
  }

  /** Returns the version that wraps now. */
  public KekVersion current() {
    return versions.getFirst().version();
  }

  /** Returns when {@link #current()} was made, by the service's clock; empty if unknown. */
  public Optional<Instant> createdAt() {
    return versions.getFirst().createdAt();
  }
}
