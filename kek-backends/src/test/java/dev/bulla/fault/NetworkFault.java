// SPDX-License-Identifier: Apache-2.0
package dev.bulla.fault;

import java.time.Duration;

/** What a {@link FaultProxy} does to the connections that go through it. */
public sealed interface NetworkFault {
  /** Everything passes. */
  record None() implements NetworkFault {}

  /**
   * Everything passes late. A connection is as fast as ever otherwise: what is sent together
   * arrives together.
   *
   * @param eachWay delay of each direction; a round trip takes twice that
   */
  record Latency(Duration eachWay) implements NetworkFault {}

  /** Connections are refused, and open ones reset: nobody listens. */
  record Down() implements NetworkFault {}

  /** Connections are taken and reset at once, and open ones reset. */
  record Reset() implements NetworkFault {}

  /**
   * Connections are taken and all that is sent is swallowed, also on open ones. Those that lost
   * bytes are reset when the fault ends.
   */
  record BlackHole() implements NetworkFault {}

  /**
   * Answers come one byte at a time, and end with the connection.
   *
   * @param bytes of each connection's answers that pass, counted from the fault's beginning
   * @param between pause before each byte
   */
  record SlowClose(int bytes, Duration between) implements NetworkFault {}

  /**
   * Answers are cut: the connection is closed within them.
   *
   * @param bytes of each connection's answers that pass, counted from the fault's beginning
   */
  record HalfAnswer(int bytes) implements NetworkFault {}

  /**
   * Some new connections are reset at once; the others, and open ones, are well.
   *
   * @param probability 0 to 1
   * @param seed the same seed resets the same ones
   */
  record ErrorRate(double probability, long seed) implements NetworkFault {}
}
