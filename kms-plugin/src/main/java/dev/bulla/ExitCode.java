// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

/** What the program's exit codes mean: scripts rely on them. */
enum ExitCode {
  /** Done. */
  OK(0),
  /** The command line is wrong. */
  USAGE(2),
  /** The configuration is wrong. */
  CONFIGURATION(3),
  /** A check failed. */
  CHECK_FAILED(4),
  /** Something failed while it ran. */
  RUNTIME(5);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
