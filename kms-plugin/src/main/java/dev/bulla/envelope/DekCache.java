// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * DEKs in memory, by annotation, and the unwraps under way. One unwrap serves all who ask for its
 * annotation; it goes on when they have given up, and its result is kept for the next. Failures are
 * not kept. Thread-safe.
 */
final class DekCache {
  /** Most DEKs held, about 2 KB each; a cluster has tens. Beyond it the least used one goes. */
  static final int MAX_DEKS = 4_096;

  /** Most unwraps at once; more wait in line, inside their deadline. */
  static final int MAX_UNWRAPS_AT_ONCE = 16;

  /** Longest unwrap: far beyond what a caller waits, so that a slow KEK still fills the cache. */
  static final Duration UNWRAP_TIME = Duration.ofSeconds(10);

  private final DekFactory factory;
  private final Executor blocking;
  private final Ticker ticker;
  private final Semaphore places = new Semaphore(MAX_UNWRAPS_AT_ONCE, true);
  private final AsyncCache<AnnotationHash, Dek> deks;

  /** {@code blocking} runs the unwraps: a thread for each, for they block. */
  DekCache(DekFactory factory, Executor blocking, Ticker ticker) {
    this.factory = factory;
    this.blocking = blocking;
    this.ticker = ticker;
    this.deks = Caffeine.newBuilder().maximumSize(MAX_DEKS).executor(Runnable::run).buildAsync();
  }

  /** Holds a DEK that was made here. */
  void put(Dek dek) {
    deks.put(dek.annotationHash(), CompletableFuture.completedFuture(dek));
  }

  /** Returns the DEK if it is in memory, without waiting. */
  @Nullable Dek inMemory(AnnotationHash hash) {
    CompletableFuture<Dek> known = deks.getIfPresent(hash);
    return known != null && known.isDone() && !known.isCompletedExceptionally()
        ? known.join()
        : null;
  }

  /**
   * Returns the DEK of {@code record}, unwrapping it unless that is under way. Only a new unwrap
   * takes a token. The future is shared: do not complete or cancel it.
   */
  CompletableFuture<Dek> unwrap(AnnotationHash hash, DekRecord record, TokenBucket budget) {
    return deks.get(
        hash,
        (_, _) ->
            budget.take()
                ? CompletableFuture.supplyAsync(() -> unwrapNow(record), blocking)
                : CompletableFuture.failedFuture(
                    new EnvelopeException.Unserved(Obstacle.TOO_MANY_UNWRAPS)));
  }

  private Dek unwrapNow(DekRecord record) {
    Deadline deadline = Deadline.after(UNWRAP_TIME, ticker);
    try {
      places.acquire();
      try {
        return factory.unwrap(record, deadline);
      } finally {
        places.release();
      }
    } catch (KekException.Rejected _) {
      throw new UnwrapFailure(new EnvelopeException.Refused());
    } catch (KekException e) {
      throw new UnwrapFailure(new EnvelopeException.Unserved(Obstacle.of(e)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UnwrapFailure(new EnvelopeException.Unserved(Obstacle.KEK_UNAVAILABLE));
    }
  }

  /** Forgets every DEK. Copies stay in the free heap until they are overwritten. */
  void clear() {
    deks.synchronous().invalidateAll();
  }
}
