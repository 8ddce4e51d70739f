// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

/** What the kernel can be asked for. The text is for logs and labels of metrics. */
public enum Protection {
  /** No other process of the same user reads the memory, attaches, or sees the environment. */
  NOT_DUMPABLE("not_dumpable"),
  /** A crash writes no core file. */
  NO_CORE_FILE("no_core_file"),
  /** No program that is run from here gains rights, whatever its mode. */
  NO_NEW_PRIVILEGES("no_new_privileges"),
  /** Calls that look into other processes or change the kernel fail, whoever makes them here. */
  FILTERED_CALLS("filtered_calls"),
  /** No page of it goes to swap. */
  LOCKED_MEMORY("locked_memory");

  private final String text;

  Protection(String text) {
    this.text = text;
  }

  /** Returns its name in logs and metrics: lower case, with underscores. */
  public String text() {
    return text;
  }
}
