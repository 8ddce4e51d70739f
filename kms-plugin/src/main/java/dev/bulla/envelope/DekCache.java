// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
  private final Cache<AnnotationHash, Dek> deks =
      Caffeine.newBuilder().maximumSize(MAX_DEKS).executor(Runnable::run).build();
  private final ConcurrentHashMap<AnnotationHash, CompletableFuture<Dek>> underWay =
      new ConcurrentHashMap<>();

  /** {@code blocking} runs the unwraps: a thread for each, for they block. */
  DekCache(DekFactory factory, Executor blocking, Ticker ticker) {
    this.factory = factory;
    this.blocking = blocking;
    this.ticker = ticker;
  }

  /** Holds a DEK that was made here. */
  void put(Dek dek) {
    deks.put(dek.annotationHash(), dek);
  }

  /** Returns the DEK if it is in memory, without waiting. */
  @Nullable Dek inMemory(AnnotationHash hash) {
    return deks.getIfPresent(hash);
  }

  /**
   * Returns the DEK of {@code record}, unwrapping it unless that is under way. Only a new unwrap
   * takes a token. The future is shared: do not complete or cancel it.
   */
  CompletableFuture<Dek> unwrap(AnnotationHash hash, DekRecord record, TokenBucket budget) {
    CompletableFuture<Dek> mine = new CompletableFuture<>();
    CompletableFuture<Dek> others = underWay.putIfAbsent(hash, mine);
    if (others != null) {
      return others;
    }
    Dek known = inMemory(hash);
    if (known != null) {
      end(hash, () -> mine.complete(known));
    } else if (!budget.take()) {
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.TOO_MANY_UNWRAPS));
    } else {
      begin(hash, record, mine);
    }
    return mine;
  }

  private void begin(AnnotationHash hash, DekRecord record, CompletableFuture<Dek> mine) {
    try {
      blocking.execute(() -> run(hash, record, mine));
    } catch (RejectedExecutionException _) {
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.STARTING));
    }
  }

  private void run(AnnotationHash hash, DekRecord record, CompletableFuture<Dek> mine) {
    try {
      Dek dek = unwrapInTurn(record);
      put(dek);
      end(hash, () -> mine.complete(dek));
    } catch (KekException.Rejected _) {
      fail(hash, mine, new EnvelopeException.Refused());
    } catch (KekException e) {
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.of(e)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.KEK_UNAVAILABLE));
    } catch (RuntimeException e) {
      fail(hash, mine, e);
    }
  }

  private Dek unwrapInTurn(DekRecord record) throws KekException, InterruptedException {
    Deadline deadline = Deadline.after(UNWRAP_TIME, ticker);
    if (!places.tryAcquire(UNWRAP_TIME.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new KekException.Unavailable("too many unwraps are under way");
    }
    try {
      return factory.unwrap(record, deadline);
    } finally {
      places.release();
    }
  }

  private void fail(AnnotationHash hash, CompletableFuture<Dek> mine, Exception why) {
    end(hash, () -> mine.completeExceptionally(why));
  }

  // Removed before it is told: whoever asks after a failure was told starts anew.
  private void end(AnnotationHash hash, BooleanSupplier tell) {
    underWay.remove(hash);
    var _ = tell.getAsBoolean();
  }

  /** Forgets every DEK. Copies stay in the free heap until they are overwritten. */
  void clear() {
    deks.invalidateAll();
  }
}
