// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;

/** Says each notice when it begins to hold, and again only after it ceased to. Thread-safe. */
final class Notices {
  private static final System.Logger LOG = System.getLogger("dev.bulla.kek.vault");

  private final Consumer<Notice> told;
  private final Set<Notice> holding = EnumSet.noneOf(Notice.class);

  Notices(Consumer<Notice> told) {
    this.told = told;
  }

  /** Writes them to the log as warnings. */
  static Notices logged() {
    return new Notices(notice -> LOG.log(System.Logger.Level.WARNING, notice.words()));
  }

  /** Notes whether {@code notice} holds now. */
  void note(Notice notice, boolean holds) {
    if (changed(notice, holds) && holds) {
      told.accept(notice);
    }
  }

  private synchronized boolean changed(Notice notice, boolean holds) {
    return holds ? holding.add(notice) : holding.remove(notice);
  }

  /** Notes what a description of the key says; {@code wrapping} is the version that wraps. */
  void of(KeyFacts facts, long wrapping) {
    note(Notice.DELETION_ALLOWED, facts.deletionAllowed());
    note(Notice.PLAINTEXT_BACKUP, facts.plaintextBackup());
    note(Notice.OLD_VERSIONS_CLOSED, facts.minDecryption() > 1);
    note(Notice.PINNED_TOO_OLD, facts.minEncryption() > wrapping);
  }
}
