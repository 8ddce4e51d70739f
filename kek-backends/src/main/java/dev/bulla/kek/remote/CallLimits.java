// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import java.time.Duration;

/**
 * Times and bounds of the calls to one KEK.
 *
 * @param first longest time of a call before any endpoint has answered in this process: classes are
 *     loaded and connections made
 * @param total longest time of a call with all its attempts; a caller's deadline may cut it
 * @param attempt longest time of one attempt where there is a single endpoint
 * @param hedgeAfter how long one endpoint may stay silent until the next is asked as well
 * @param preferFor how long an endpoint that answered is asked before an earlier one that did not
 * @param concurrent most calls under way; further ones wait
 */
public record CallLimits(
    Duration first,
    Duration total,
    Duration attempt,
    Duration hedgeAfter,
    Duration preferFor,
    int concurrent) {
  /**
   * What leaves a caller under 1.5 s: kube-apiserver waits 3 s, and asks its Status in the same
   * time.
   */
  public static final CallLimits STANDARD =
      new CallLimits(
          Duration.ofSeconds(4),
          Duration.ofMillis(1400),
          Duration.ofMillis(700),
          Duration.ofMillis(800),
          Duration.ofSeconds(30),
          16);

  /** Checks the ranges. */
  public CallLimits {
    if (!first.isPositive()
        || !total.isPositive()
        || !attempt.isPositive()
        || !hedgeAfter.isPositive()) {
      throw new IllegalArgumentException("times of a call must be positive");
    }
    if (preferFor.isNegative() || concurrent < 1) {
      throw new IllegalArgumentException("a call must be possible");
    }
  }
}
