// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The envelope at one moment, for metrics and probes. No secret.
 *
 * @param scope identity of the cluster's data
 * @param write whether seeds can be sealed
 * @param sealing the DEK that seals
 * @param deksInMemory how many DEKs can open without a KEK, about
 * @param version the write KEK's version in use
 * @param pending the version that follows it, as far as it is known
 * @param keks the configured KEKs, in their order
 */
public record EnvelopeFacts(
    String scope,
    WriteState write,
    Optional<Sealing> sealing,
    long deksInMemory,
    Optional<Version> version,
    Optional<Version> pending,
    List<KekFacts> keks) {
  /** Checks that nothing is missing. */
  public EnvelopeFacts {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(write, "write");
    Objects.requireNonNull(sealing, "sealing");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(pending, "pending");
    keks = List.copyOf(keks);
  }

  /**
   * The DEK that seals.
   *
   * @param age since it began to seal
   * @param seals how often it has sealed
   * @param limits what it may
   * @param partial whether a recovery KEK is missing
   */
  public record Sealing(Duration age, long seals, DekLimits limits, boolean partial) {}

  /**
   * A version of the write KEK.
   *
   * @param keyId the key_id that is told while it is in use
   * @param version its bytes, as in each record
   * @param usedFrom when it comes, or came, into use; empty while that is not known
   */
  public record Version(KeyId keyId, KekVersion version, Optional<Instant> usedFrom) {}
}
