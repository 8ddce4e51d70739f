// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.KekException;

/** The kinds of end that a call to a KEK can have. */
public enum CallOutcome {
  /** It did what it was asked. */
  OK,
  /** No answer, or "later". */
  UNAVAILABLE,
  /** The service asks for fewer calls. */
  THROTTLED,
  /** The service refuses Bulla's credentials. */
  DENIED,
  /** The service says that the key was taken away. */
  REVOKED,
  /** The blob is not this key's work. */
  REJECTED,
  /** The service's answer cannot be trusted. */
  UNTRUSTWORTHY,
  /** The backend threw what it must not throw. */
  DEFECT;

  /** Returns the kind of {@code failure}. */
  public static CallOutcome of(KekException failure) {
    return switch (failure) {
      case KekException.Unavailable _ -> UNAVAILABLE;
      case KekException.Throttled _ -> THROTTLED;
      case KekException.Denied _ -> DENIED;
      case KekException.Revoked _ -> REVOKED;
      case KekException.Rejected _ -> REJECTED;
      case KekException.Untrustworthy _ -> UNTRUSTWORTHY;
    };
  }
}
