// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.util.List;

/**
 * What came of a check.
 *
 * @param lines how many lines were read
 * @param firstSeq number of the first line; 0 if there is none
 * @param lastSeq number of the last line
 * @param lastHash hash of the last line
 * @param closed whether the last line says that the process ended in order
 * @param problems what shows that lines were removed, changed or moved; empty if nothing does
 * @param notes what a reader should know of all the same, such as a crash
 */
public record ChainReport(
    long lines,
    long firstSeq,
    long lastSeq,
    String lastHash,
    boolean closed,
    List<String> problems,
    List<String> notes) {
  /** Copies the lists. */
  public ChainReport {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }
}
