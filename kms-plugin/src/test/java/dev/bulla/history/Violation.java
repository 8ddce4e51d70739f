// SPDX-License-Identifier: Apache-2.0
package dev.bulla.history;

/** An answer that must never be given. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** Names the invariant of the design that was broken, and how. */
  public Violation(String invariant, String how) {
    super(invariant + ": " + how);
  }
}
