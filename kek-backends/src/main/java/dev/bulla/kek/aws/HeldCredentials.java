// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Credentials with their times.
 *
 * @param resolvedAt when they were fetched
 * @param expiry when AWS will refuse them; empty if never, or not known
 */
record HeldCredentials(AwsCredentials credentials, Instant resolvedAt, Optional<Instant> expiry) {
  /** How long before their end they are fetched anew; sooner by a third of a shorter life. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** How often lasting ones are looked up again: a file may have changed. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  boolean isUsable(Instant now) {
    return expiry.isEmpty() || now.isBefore(expiry.get());
  }

  boolean isDue(Instant now) {
    Instant due = expiry.map(end -> end.minus(ahead(end))).orElse(resolvedAt.plus(LOOK));
    return !now.isBefore(due);
  }

  private Duration ahead(Instant end) {
    Duration third = Duration.between(resolvedAt, end).dividedBy(3);
    return third.compareTo(AHEAD) < 0 ? third : AHEAD;
  }

  @Override
  public String toString() {
    return "HeldCredentials";
  }
}
