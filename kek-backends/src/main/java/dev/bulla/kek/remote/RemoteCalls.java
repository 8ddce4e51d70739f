// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Calls a KEK service on one of its endpoints, under one deadline. Each attempt runs on a thread of
 * its own, which is left behind when it does not end: a name lookup can hang and heeds no
 * interrupt. Thread-safe.
 *
 * @param <E> an endpoint
 */
public final class RemoteCalls<E> implements AutoCloseable {
  /** Idle threads end after this many seconds. */
  private static final int IDLE_SECONDS = 10;

  final List<E> endpoints;
  final CallLimits limits;
  final RetryBudget budget = new RetryBudget();
  final Preference preference;
  final Ticker ticker;
  final RandomGenerator jitter;
  private final ExecutorService attempts;
  private final Semaphore slots;
  private volatile boolean answered;

  /**
   * Calls over {@code endpoints}, the first of which is asked first.
   *
   * @param name of the threads
   * @param jitter need not be secure: it only spreads retries
   */
  public RemoteCalls(
      String name, List<E> endpoints, CallLimits limits, Ticker ticker, RandomGenerator jitter) {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("there must be an endpoint");
    }
    this.endpoints = List.copyOf(endpoints);
    this.limits = limits;
    this.preference = new Preference(ticker, limits.preferFor().toNanos());
    this.ticker = ticker;
    this.jitter = jitter;
    this.slots = new Semaphore(limits.concurrent());
    this.attempts =
        new ThreadPoolExecutor(
            0,
            2 * limits.concurrent(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name(name, 0).factory());
  }

  /**
   * Makes a call, again where that may help, until it is answered or the time is over.
   *
   * @throws KekException.Unavailable if no endpoint answered in time, or the thread was interrupted
   * @throws KekException what the service answered last
   */
  public <T> T run(RemoteCall<E, T> call, Deadline deadline) throws KekException {
    Deadline until = deadline.atMost(answered ? limits.total() : limits.first());
    if (until.expired()) {
      throw new KekException.Unavailable("no time was left for a call");
    }
    try {
      if (!slots.tryAcquire(until.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new KekException.Unavailable("no time was left: too many calls wait");
      }
    } catch (InterruptedException _) {
      throw interrupted();
    }
    try {
      budget.onCall();
      return new CallRun<>(this, call, until, patience(), attempts).result();
    } finally {
      slots.release();
    }
  }

  // With one endpoint, a silent attempt is ended in time for another; the first may be slow.
  private Duration patience() {
    if (endpoints.size() > 1) {
      return limits.hedgeAfter();
    }
    return answered ? limits.attempt() : limits.first();
  }

  /** Notes that an endpoint answered, if only with a refusal. */
  void noteAnswer() {
    answered = true;
  }

  static KekException.Unavailable interrupted() {
    Thread.currentThread().interrupt();
    return new KekException.Unavailable("interrupted");
  }

  /** Interrupts what is under way; later calls fail. */
  @Override
  public void close() {
    var _ = attempts.shutdownNow();
  }
}
