// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.kek.KekType;
import dev.bulla.kek.WrappedKey;
import java.util.Objects;

/** One KEK's copy of a DEK's master, as a {@link DekRecord} carries it. */
record Recipient(KekType type, KekTag tag, WrappedKey wrapped) {
  Recipient {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(tag, "tag");
    Objects.requireNonNull(wrapped, "wrapped");
  }
}
