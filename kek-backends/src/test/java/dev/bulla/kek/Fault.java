// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

/** What can be wrong with a KEK service. */
public enum Fault {
  /** Nothing. */
  NONE,
  /** It refuses connections. */
  DOWN,
  /** It answers after the deadline. */
  SLOW,
  /** It asks for fewer calls. */
  THROTTLED,
  /** It refuses the credentials. */
  DENIED,
  /** It wraps and does not unwrap. */
  UNWRAP_DENIED,
  /** The key is switched off. */
  DISABLED,
  /** The key waits for its destruction. */
  PENDING_DELETION,
  /** The key is gone. */
  GONE,
  /** Another key has its name. */
  RECREATED,
  /** It answers under another key than it was asked for. */
  OTHER_KEY,
  /** Its answer is not of its grammar. */
  GARBAGE,
  /** It unwraps to other bytes than were wrapped: the worst. */
  WRONG_MASTER
}
