// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.Objects;

/** What is announced and what seals: one value, so that the two never part. */
record Snapshot(KeyId keyId, Dek dek, SealBudget budget) {
  Snapshot {
    Objects.requireNonNull(keyId, "keyId");
    Objects.requireNonNull(dek, "dek");
    Objects.requireNonNull(budget, "budget");
  }
}
