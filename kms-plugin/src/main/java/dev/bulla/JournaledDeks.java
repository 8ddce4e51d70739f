// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.envelope.WrappedDeks;
import dev.bulla.journal.Journal;
import java.util.List;

/** Notes wrapped DEKs in a journal. Thread-safe. */
record JournaledDeks(Journal journal) implements WrappedDeks {
  @Override
  public void note(byte[] annotation) {
    journal.append(annotation);
  }

  @Override
  public void drop(byte[] annotation) {
    journal.drop(annotation);
  }

  @Override
  public List<byte[]> noted() {
    return journal.records();
  }
}
