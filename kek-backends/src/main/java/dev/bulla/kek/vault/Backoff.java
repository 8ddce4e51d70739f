// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pause after a login that failed: it doubles from one second. A refusal waits up to a longest
 * pause, for who knows what locks out or bills; an outage never waits more than half a second, so
 * that the end of one is noticed: within two seconds, together with the health's own pause. Not
 * thread-safe.
 */
final class Backoff {
  /** Longest pause after a refusal. */
  static final Duration REFUSED = Duration.ofMinutes(5);

  /** The same where a refusal may be an outage of something else. */
  static final Duration PERHAPS_DOWN = Duration.ofSeconds(30);

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration IN_AN_OUTAGE = Duration.ofMillis(500);

  private final Ticker ticker;
  private final Duration longest;
  private Duration pause = FIRST;
  private @Nullable Deadline until;
  private @Nullable KekException why;

  Backoff(Duration longest, Ticker ticker) {
    this.longest = longest;
    this.ticker = ticker;
  }

  void failed(KekException failure) {
    boolean refused = failure instanceof KekException.Denied;
    Duration now = refused ? pause : IN_AN_OUTAGE;
    Duration next = pause.multipliedBy(2);
    pause = refused ? (next.compareTo(longest) > 0 ? longest : next) : FIRST;
    until = Deadline.after(now, ticker);
    why = failure;
  }

  void forget() {
    pause = FIRST;
    until = null;
    why = null;
  }

  /** Returns the last failure while its pause lasts. */
  Optional<KekException> inForce() {
    return until == null || until.expired() ? Optional.empty() : Optional.ofNullable(why);
  }

  Duration left() {
    return until == null ? Duration.ZERO : until.remaining();
  }
}
