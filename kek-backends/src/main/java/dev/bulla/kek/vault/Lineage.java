// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import java.util.HashMap;
import java.util.Map;

/**
 * What this process has seen of a key: so that another key under its name is known. Only the
 * service's own answers go in, never what a record claims: a forged record must not make a good key
 * look re-created. Thread-safe.
 */
final class Lineage {
  private final Map<Long, Long> created = new HashMap<>();
  private long latest;

  /**
   * Compares with what was seen before, and remembers.
   *
   * @throws KekException.Revoked if it is another key
   * @throws KekException.Untrustworthy if it is the same key with fewer versions
   */
  synchronized void observe(KeyFacts facts) throws KekException {
    boolean known = false;
    for (Map.Entry<Long, Long> version : facts.created().entrySet()) {
      Long before = created.get(version.getKey());
      if (before != null && !before.equals(version.getValue())) {
        throw new KekException.Revoked(Reason.RECREATED);
      }
      known |= before != null;
    }
    if (facts.latest() < latest && !known) {
      throw new KekException.Revoked(Reason.RECREATED);
    }
    if (facts.latest() < latest) {
      throw new KekException.Untrustworthy(
          "the key has lost its newest versions: was the service restored from a backup? What they"
              + " wrapped cannot be opened; restore a newer backup, or rotate and restart");
    }
    created.putAll(facts.created());
    latest = facts.latest();
  }
}
