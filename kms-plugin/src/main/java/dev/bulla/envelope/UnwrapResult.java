// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

/** What became of the unwrap of a DEK that was not in memory. */
public enum UnwrapResult {
  /** The DEK is in memory now. */
  UNWRAPPED,
  /** Every KEK that could have made it says that it did not, or that it was altered. */
  REFUSED,
  /** No KEK said either; it can be tried again. */
  FAILED,
  /** Not begun: the peer has used up its allowance of unwraps. */
  OVER_BUDGET
}
