// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.Kek;
import java.util.Objects;

/**
 * A KEK as the operator configured it.
 *
 * @param name for logs; never in an answer to a caller
 * @param role what it is for
 * @param kek stays its owner's to close
 */
public record ConfiguredKek(String name, KekRole role, Kek kek) {
  /** Checks that nothing is missing. */
  public ConfiguredKek {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(kek, "kek");
  }
}
