// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

/** What became of a protection. */
public sealed interface Outcome {
  /** Returns what a line about a protection says of it, after its name; empty if all is well. */
  String note();

  /** The kernel did it. */
  record Applied() implements Outcome {
    @Override
    public String note() {
      return "";
    }
  }

  /**
   * The kernel refused.
   *
   * @param errno its number for the reason, such as 1 for EPERM
   */
  record Refused(int errno) implements Outcome {
    @Override
    public String note() {
      return " refused (errno " + errno + ")";
    }
  }

  /**
   * The kernel was not asked.
   *
   * @param why for the operator, and what would change it
   */
  record NotTried(String why) implements Outcome {
    @Override
    public String note() {
      return " not tried (" + why + ")";
    }
  }
}
