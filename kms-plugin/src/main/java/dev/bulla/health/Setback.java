// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.KekException;

/** The kinds of failure that say something of a KEK's health. */
public enum Setback {
  /** No answer, or "later". */
  UNAVAILABLE,
  /** The service asks for fewer calls. */
  THROTTLED,
  /** The service refuses Bulla's credentials. */
  DENIED,
  /** The service says that the key was taken away. */
  REVOKED,
  /** The service's answer cannot be trusted; or it denies what it wrapped itself. */
  UNTRUSTWORTHY;

  /** Returns the kind of {@code failure}, seen when a DEK of our own was to be unwrapped. */
  static Setback of(KekException failure) {
    return switch (failure) {
      case KekException.Unavailable _ -> UNAVAILABLE;
      case KekException.Throttled _ -> THROTTLED;
      case KekException.Denied _ -> DENIED;
      case KekException.Revoked _ -> REVOKED;
      case KekException.Rejected _, KekException.Untrustworthy _ -> UNTRUSTWORTHY;
    };
  }
}
