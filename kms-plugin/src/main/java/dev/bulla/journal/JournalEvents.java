// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;

/**
 * What the journal tells whoever logs and counts. Called on the thread that calls the journal,
 * never on two at once. Methods must not block or throw, nor call the journal.
 */
public interface JournalEvents {
  /**
   * Parts of the file are damaged and were skipped; the rest was read. A torn tail is not told.
   * Told once for the same damage.
   *
   * @param records how many, at least 1; a part whose records cannot be told apart counts as one
   * @param why what is wrong with the last of them
   */
  void unreadable(int records, String why);

  /**
   * The journal is off: the file cannot be used, neither read nor written. Also told by a reader,
   * at once, of a file or directory that is refused. Told once until {@link #writtenAgain}; every
   * append tries again.
   *
   * @param why its message names the file and, where a person must act, says what to do
   */
  void notWritten(IOException why);

  /** The journal is on again, and holds what was noted in between. */
  void writtenAgain();
}
