// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.Setback;
import dev.bulla.kek.KekException;

/** Why Bulla cannot serve just now: a bounded vocabulary, from which callers get their answer. */
public enum Obstacle {
  /** No DEK has been proved since the process started. */
  STARTING,
  /** The KEK service did not answer, or said "later". */
  KEK_UNAVAILABLE,
  /** The KEK service asks for fewer calls. */
  KEK_THROTTLED,
  /** The KEK service refused Bulla's credentials. */
  KEK_DENIED,
  /** The KEK was disabled, deleted or replaced. */
  KEK_REVOKED,
  /** The KEK service's answer cannot be trusted. */
  KEK_UNTRUSTWORTHY,
  /** The KEK was not confirmed since the machine was suspended, or for too long. */
  KEK_UNCONFIRMED,
  /** The KEK has lost the version that wraps: a backup was restored. */
  KEK_ROLLED_BACK,
  /** The DEK has sealed as often, or lived as long, as it may, and no successor could be proved. */
  DEK_SPENT,
  /** This peer asked for too many unwraps of DEKs that were never seen before. */
  TOO_MANY_UNWRAPS,
  /** The unwrap took longer than the caller may wait; it goes on, and its result is kept. */
  TOO_SLOW;

  /** Returns what {@code failure} of a KEK means for those who wait for it. */
  static Obstacle of(KekException failure) {
    return switch (failure) {
      case KekException.Unavailable _ -> KEK_UNAVAILABLE;
      case KekException.Throttled _ -> KEK_THROTTLED;
      case KekException.Denied _ -> KEK_DENIED;
      case KekException.Revoked _ -> KEK_REVOKED;
      case KekException.Rejected _, KekException.Untrustworthy _ -> KEK_UNTRUSTWORTHY;
    };
  }

  /** Returns what a KEK's setback means for those who wait for it. */
  static Obstacle of(Setback setback) {
    return switch (setback) {
      case UNAVAILABLE -> KEK_UNAVAILABLE;
      case THROTTLED -> KEK_THROTTLED;
      case DENIED -> KEK_DENIED;
      case REVOKED -> KEK_REVOKED;
      case UNTRUSTWORTHY -> KEK_UNTRUSTWORTHY;
    };
  }
}
