// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A version of a KEK, and since when it wraps.
 *
 * @param version as records and key_id name it
 * @param createdAt when it came into use, by the service's clock; empty where it does not say
 */
public record DatedVersion(KekVersion version, Optional<Instant> createdAt) {
  /** Checks that nothing is missing. */
  public DatedVersion {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}
