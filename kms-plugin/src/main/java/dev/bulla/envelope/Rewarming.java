// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Unwraps, in the background, what was noted before this start, so that an API server that restarts
 * finds its DEKs in memory even when the KEK is gone by then. What a KEK refuses is forgotten; what
 * it does not answer is tried again until it does. Runs once, on a thread that may block.
 */
final class Rewarming implements Runnable {
  /** Most unwraps at once, so that those that callers wait for find a place (design §8). */
  static final int AT_ONCE = 8;

  /** Pause between two unwraps: 200 a second. */
  static final Duration PAUSE = Duration.ofMillis(5);

  /** Pause while no KEK is there that could unwrap any of them. */
  private static final Duration WHILE_AWAY = Duration.ofMillis(250);

  private final WrappedDeks notes;
  private final Unwrapper unwrapper;
  private final DekCache cache;
  private final Ticker ticker;
  private final EnvelopeEvents events;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final AtomicInteger unwrapped = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  Rewarming(
      WrappedDeks notes,
      Unwrapper unwrapper,
      DekCache cache,
      Ticker ticker,
      EnvelopeEvents events) {
    this.notes = notes;
    this.unwrapper = unwrapper;
    this.cache = cache;
    this.ticker = ticker;
    this.events = events;
  }

  @Override
  public void run() {
    Queue<byte[]> waiting = new ArrayDeque<>(notes.noted());
    try {
      while (!waiting.isEmpty()) {
        List<CompletableFuture<Optional<byte[]>>> round = round(waiting);
        waiting.clear();
        for (CompletableFuture<Optional<byte[]>> attempt : round) {
          attempt.join().ifPresent(waiting::add);
        }
        pause(waiting.isEmpty() ? Duration.ZERO : WHILE_AWAY);
      }
      events.rewarmed(unwrapped.get(), refused.get());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private List<CompletableFuture<Optional<byte[]>>> round(Queue<byte[]> waiting)
      throws InterruptedException {
    List<CompletableFuture<Optional<byte[]>>> attempts = new ArrayList<>();
    for (byte[] annotation : waiting) {
      Optional<DekRecord> record = DekRecord.parse(annotation).filter(unwrapper::knows);
      if (record.isPresent()) {
        attempts.add(attempt(annotation, record.get()));
      }
    }
    return attempts;
  }

  /** Gives the annotation back if it must be tried again. */
  private CompletableFuture<Optional<byte[]>> attempt(byte[] annotation, DekRecord record)
      throws InterruptedException {
    if (unwrapper.isHopeless(record)) {
      return CompletableFuture.completedFuture(Optional.of(annotation));
    }
    places.acquire();
    pause(PAUSE);
    return cache
        .unwrap(AnnotationHash.of(annotation), record, () -> true)
        .handle(
            (_, failure) -> {
              places.release();
              return ended(annotation, failure) ? Optional.empty() : Optional.of(annotation);
            });
  }

  private boolean ended(byte[] annotation, @Nullable Throwable failure) {
    if (failure == null) {
      unwrapped.incrementAndGet();
    } else if (failure instanceof EnvelopeException.Refused) {
      refused.incrementAndGet();
      notes.drop(annotation);
    } else {
      return false;
    }
    return true;
  }

  private void pause(Duration time) throws InterruptedException {
    ticker.pause(time);
    if (Thread.interrupted()) {
      throw new InterruptedException("the process is stopping");
    }
  }
}
