// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.envelope.Obstacle;
import java.util.Locale;

/** Why this process is not ready: a bounded vocabulary, stable for scripts. */
enum Reason {
  /** Another process has the socket; this one is warm or will be, and takes over. */
  STANDING_BY,
  /** The socket is not published yet. */
  NOT_PUBLISHED,
  /** Somebody removed the socket, or put another file in its place: no new client finds it. */
  SOCKET_LOST,
  /** The code is not warm yet. */
  WARMING_UP,
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
  /** The KEK was not confirmed for too long, or since the machine was suspended. */
  KEK_UNCONFIRMED,
  /** The KEK has lost the version that wraps. */
  KEK_ROLLED_BACK,
  /** The DEK is spent and has no successor. */
  DEK_SPENT;

  static Reason of(Obstacle obstacle) {
    return switch (obstacle) {
      case STARTING -> STARTING;
      case KEK_UNAVAILABLE, TOO_SLOW, TOO_MANY_UNWRAPS -> KEK_UNAVAILABLE;
      case KEK_THROTTLED -> KEK_THROTTLED;
      case KEK_DENIED -> KEK_DENIED;
      case KEK_REVOKED -> KEK_REVOKED;
      case KEK_UNTRUSTWORTHY -> KEK_UNTRUSTWORTHY;
      case KEK_UNCONFIRMED -> KEK_UNCONFIRMED;
      case KEK_ROLLED_BACK -> KEK_ROLLED_BACK;
      case DEK_SPENT -> DEK_SPENT;
    };
  }

  /** Returns its name on the wire. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
