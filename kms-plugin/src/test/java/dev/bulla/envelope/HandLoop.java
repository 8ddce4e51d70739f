// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands where the loop's thread would be: notes that a look was asked for, by any thread, and runs
 * it when it is told to.
 */
final class HandLoop extends ScheduledThreadPoolExecutor {
  private static final class Never extends FutureTask<Void> implements ScheduledFuture<Void> {
    Never() {
      super(() -> null);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  private final AtomicReference<Runnable> asked = new AtomicReference<>(() -> {});

  HandLoop() {
    super(0);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    asked.set(task);
    return new Never();
  }

  /** Looks, if that was asked for. */
  void run() {
    asked.getAndSet(() -> {}).run();
  }
}
