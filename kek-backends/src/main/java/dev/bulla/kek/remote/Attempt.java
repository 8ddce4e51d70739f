// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One attempt of a call, on a thread of its own. */
final class Attempt<E, T> implements Runnable {
  private final RemoteCall<E, T> call;
  private final E endpoint;
  private final int index;
  private final Deadline until;
  private final Outcomes<T> outcomes;
  private final long startedNanos;
  private @Nullable Thread thread;
  private boolean abandoned;

  Attempt(
      RemoteCall<E, T> call,
      E endpoint,
      int index,
      Deadline until,
      Outcomes<T> outcomes,
      Ticker ticker) {
    this.call = call;
    this.endpoint = endpoint;
    this.index = index;
    this.until = until;
    this.outcomes = outcomes;
    this.startedNanos = ticker.nanos();
  }

  Duration age(Ticker ticker) {
    return Duration.ofNanos(ticker.nanos() - startedNanos);
  }

  @Override
  public void run() {
    if (begin()) {
      outcomes.add(outcome());
      end();
    }
  }

  private Outcome<T> outcome() {
    try {
      return new Outcome.Answer<>(call.on(endpoint, until), index);
    } catch (KekException e) {
      return new Outcome.Failure<>(e, this, index);
    } catch (RuntimeException | LinkageError e) {
      return new Outcome.Failure<>(
          new KekException.Unavailable("a defect of Bulla", e), this, index);
    }
  }

  private synchronized boolean begin() {
    thread = Thread.currentThread();
    return !abandoned;
  }

  // The thread goes back to a pool: a late interrupt must not reach its next task.
  private synchronized void end() {
    thread = null;
    var _ = Thread.interrupted();
  }

  synchronized void abandon() {
    abandoned = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
