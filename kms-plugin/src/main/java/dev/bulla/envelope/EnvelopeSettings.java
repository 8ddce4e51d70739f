// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekVersion;
import java.util.List;
import java.util.Objects;

/**
 * What the envelope must know of the configuration.
 *
 * @param scope identity of this cluster's data, 1 to {@value #MAX_SCOPE_CHARACTERS} characters
 * @param generation 1 or more; a part of key_id
 * @param writeKek wraps every DEK
 * @param limits of each DEK
 */
public record EnvelopeSettings(
    String scope, int generation, ConfiguredKek writeKek, DekLimits limits) {
  /** Longest scope: it is in every associated data. */
  public static final int MAX_SCOPE_CHARACTERS = 64;

  /** Checks the ranges. */
  public EnvelopeSettings {
    if (scope.isEmpty() || scope.length() > MAX_SCOPE_CHARACTERS) {
      throw new IllegalArgumentException(
          "scope must have 1 to " + MAX_SCOPE_CHARACTERS + " characters");
    }
    if (generation < 1) {
      throw new IllegalArgumentException("generation must be 1 or more: " + generation);
    }
    Objects.requireNonNull(writeKek, "writeKek");
    Objects.requireNonNull(limits, "limits");
  }

  KeyId keyId(KekVersion version) {
    return KeyId.of(scope, generation, writeKek.kek().identity(), version, List.of());
  }
}
