// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;

/** Is asked before every step that changes the disk: where a test lets one fail. */
@FunctionalInterface
interface DiskSteps {
  /** The steps; those of a compaction in their order, from {@link #SWEEP} on. */
  enum Step {
    TRUNCATE,
    APPEND,
    SWEEP,
    CREATE,
    FILL,
    FORCE,
    RENAME,
    FORCE_DIRECTORY
  }

  /** Lets every step happen. */
  DiskSteps REAL = _ -> {};

  /**
   * Lets the step happen.
   *
   * @throws IOException if it is to fail, before it has begun
   */
  void before(Step step) throws IOException;
}
