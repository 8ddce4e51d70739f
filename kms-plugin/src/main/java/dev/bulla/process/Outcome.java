// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

/** What became of a protection. */
public sealed interface Outcome {
  /** The kernel did it. */
  record Applied() implements Outcome {}

  /**
   * The kernel refused.
   *
   * @param errno its number for the reason, such as 1 for EPERM
   */
  record Refused(int errno) implements Outcome {}

  /**
   * The kernel was not asked.
   *
   * @param why for the operator, and what would change it
   */
  record NotTried(String why) implements Outcome {}
}
