// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call with its attempts. The caller's thread decides: at each outcome, and whenever a time is
 * over, it starts another attempt or ends the call. Not reusable.
 */
final class CallRun<E, T> {
  /** Most attempts of one call. */
  private static final int MOST_ATTEMPTS = 3;

  private static final long PAUSE_MILLIS = 100;

  private final RemoteCalls<E> calls;
  private final RemoteCall<E, T> call;
  private final Deadline until;
  private final Duration patience;
  private final Executor threads;
  private final Outcomes<T> outcomes = new Outcomes<>();
  private final List<Attempt<E, T>> underWay = new ArrayList<>();
  private final int first;
  private int endpointsAsked;
  private int attempts;
  private @Nullable Deadline retryAt;
  private KekException failure = new KekException.Unavailable("no answer in time");

  CallRun(
      RemoteCalls<E> calls,
      RemoteCall<E, T> call,
      Deadline until,
      Duration patience,
      Executor threads) {
    this.calls = calls;
    this.call = call;
    this.until = until;
    this.patience = patience;
    this.threads = threads;
    this.first = calls.preference.first();
  }

  T result() throws KekException {
    try {
      askNextEndpoint();
      while (true) {
        Outcome<T> outcome = outcomes.next(nextEvent());
        switch (outcome) {
          case null -> onTime();
          case Outcome.Answer<T> answer -> {
            return taken(answer);
          }
          case Outcome.Failure<T> failed -> onFailure(failed);
        }
      }
    } catch (InterruptedException _) {
      throw RemoteCalls.interrupted();
    } finally {
      underWay.forEach(Attempt::abandon);
      outcomes.finish();
    }
  }

  private T taken(Outcome.Answer<T> answer) {
    calls.noteAnswer();
    if (answer.endpoint() != first) {
      calls.preference.answered(answer.endpoint());
    }
    return answer.value();
  }

  private boolean anotherEndpoint() {
    return endpointsAsked < calls.endpoints.size();
  }

  private Duration nextEvent() {
    Duration left = until.remaining();
    Duration event = retryAt == null ? patience() : retryAt.remaining();
    return event.compareTo(left) < 0 ? event : left;
  }

  // One of several endpoints is not cut short when the next is asked: it may answer first yet.
  private Duration patience() {
    boolean single = calls.endpoints.size() == 1;
    if (underWay.isEmpty() || !(single || anotherEndpoint())) {
      return until.remaining();
    }
    return patience.minus(underWay.getLast().age(calls.ticker));
  }

  private void onTime() throws KekException {
    if (until.expired()) {
      throw failure;
    }
    if (retryAt != null) {
      retryAt = null;
      launch((first + endpointsAsked - 1) % calls.endpoints.size());
    } else if (anotherEndpoint()) {
      askNextEndpoint();
    } else {
      underWay.removeLast().abandon();
      retryOrEnd(new KekException.Unavailable("no answer in time"));
    }
  }

  private void onFailure(Outcome.Failure<T> failed) throws KekException {
    if (!(failed.why() instanceof KekException.Unavailable)) {
      calls.noteAnswer();
    }
    boolean counts = underWay.removeIf(attempt -> attempt == failed.attempt());
    switch (failed.why()) {
      case KekException.Unavailable _, KekException.Throttled _ when !counts -> {}
      case KekException.Unavailable why when anotherEndpoint() -> {
        failure = why;
        askNextEndpoint();
      }
      case KekException.Unavailable why -> retryOrEnd(why);
      case KekException.Throttled why -> retryOrEnd(why);
      case KekException.Denied why -> throw why;
      case KekException.Revoked why -> throw why;
      case KekException.Rejected why -> throw why;
      case KekException.Untrustworthy why -> throw why;
    }
  }

  private void retryOrEnd(KekException why) throws KekException {
    failure = why;
    if (!underWay.isEmpty()) {
      return;
    }
    Duration pause = Duration.ofMillis(calls.jitter.nextLong(PAUSE_MILLIS << attempts));
    if (attempts >= MOST_ATTEMPTS
        || pause.compareTo(until.remaining()) >= 0
        || !calls.budget.tryRetry()) {
      throw why;
    }
    retryAt = until.atMost(pause);
  }

  private void askNextEndpoint() throws KekException {
    launch((first + endpointsAsked) % calls.endpoints.size());
    endpointsAsked++;
  }

  private void launch(int endpoint) throws KekException {
    attempts++;
    Attempt<E, T> attempt =
        new Attempt<>(call, calls.endpoints.get(endpoint), endpoint, until, outcomes, calls.ticker);
    underWay.add(attempt);
    try {
      threads.execute(attempt);
    } catch (RejectedExecutionException _) {
      throw new KekException.Unavailable("the KEK was closed, or too many of its calls are stuck");
    }
  }
}
