// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.Kek;
import java.util.Objects;

/**
 * A KEK with the name that the operator gave it.
 *
 * @param name for logs; never in an answer to a caller
 */
public record ConfiguredKek(String name, Kek kek) {
  /** Checks that nothing is missing. */
  public ConfiguredKek {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kek, "kek");
  }

  boolean made(Recipient recipient) {
    return kek.identity().type() == recipient.type()
        && KekTag.of(kek.identity()).equals(recipient.tag());
  }
}
