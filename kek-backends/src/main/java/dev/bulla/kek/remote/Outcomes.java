// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where attempts leave their outcomes for the call. An answer that comes too late, or that nobody
 * takes, is closed if it can be: it may hold a key. Thread-safe.
 */
final class Outcomes<T> {
  private final LinkedBlockingQueue<Outcome<T>> queue = new LinkedBlockingQueue<>();
  private boolean finished;

  synchronized void add(Outcome<T> outcome) {
    if (finished) {
      discard(outcome);
    } else {
      queue.add(outcome);
    }
  }

  @Nullable Outcome<T> next(Duration within) throws InterruptedException {
    return queue.poll(Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
  }

  synchronized void finish() {
    finished = true;
    queue.forEach(Outcomes::discard);
    queue.clear();
  }

  private static void discard(Outcome<?> outcome) {
    if (outcome instanceof Outcome.Answer<?>(AutoCloseable key, int _)) {
      try {
        key.close();
      } catch (Exception e) {
        throw new IllegalStateException("wiping a key does not fail", e);
      }
    }
  }
}
