// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

/** Whether a KEK may be used, as its service says. */
public enum KekState {
  /** It wraps and unwraps. */
  ENABLED,
  /** An administrator switched it off; it can be switched on again. */
  DISABLED,
  /** It will be destroyed unless somebody cancels that. */
  PENDING_DELETION
}
