// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.io.IOException;

/**
 * What the trail tells whoever logs and counts. Called by the trail's own thread. Methods must not
 * throw.
 */
public interface AuditEvents {
  /**
   * Nothing can be written; what happens waits in memory, as far as there is room. Told once until
   * {@link #auditedAgain}.
   *
   * @param why its message names the file and, where a person must act, says what to do
   */
  void notAudited(IOException why);

  /** Lines are written again. */
  void auditedAgain();

  /** So many lines were lost, which the trail says itself; told when it has said so. */
  void auditLost(long lines);

  /**
   * Where the trail stands: told when it is opened and closed, and once an hour if it has grown.
   * Kept elsewhere, it shows whether everything up to there is still the same.
   */
  void auditStands(long seq, String hash);
}
