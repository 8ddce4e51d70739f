// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.crypto.tink.util.Bytes;
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
import java.util.function.Predicate;
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

  /** How long a refusal is remembered: a flood of one bad annotation costs one call. */
  static final Duration REFUSED_FOR = Duration.ofSeconds(5);

  /** Most refusals remembered, about 100 bytes each. */
  private static final int MOST_REFUSALS = 10_000;

  /** Longest unwrap: far beyond what a caller waits, so that a slow KEK still fills the cache. */
  static final Duration UNWRAP_TIME = Duration.ofSeconds(10);

  private final Unwrapper unwrapper;
  private final Predicate<Dek> usable;
  private final WrappedDeks notes;
  private final Executor blocking;
  private final Ticker ticker;
  private final EnvelopeEvents events;
  private final Semaphore places = new Semaphore(MAX_UNWRAPS_AT_ONCE, true);
  private final Cache<AnnotationHash, Dek> deks =
      Caffeine.newBuilder().maximumSize(MAX_DEKS).executor(Runnable::run).build();
  private final ConcurrentHashMap<AnnotationHash, CompletableFuture<Dek>> underWay =
      new ConcurrentHashMap<>();

  // By the hash of the whole annotation: no other data can be hidden behind a bad one.
  private final Cache<AnnotationHash, Boolean> refused;

  /**
   * An empty cache.
   *
   * @param usable whether a DEK in memory may be used now
   * @param notes told each DEK that was unwrapped
   * @param blocking runs the unwraps: a thread for each, for they block
   */
  DekCache(
      Unwrapper unwrapper,
      Predicate<Dek> usable,
      WrappedDeks notes,
      Executor blocking,
      Ticker ticker,
      EnvelopeEvents events) {
    this.unwrapper = unwrapper;
    this.usable = usable;
    this.notes = notes;
    this.blocking = blocking;
    this.ticker = ticker;
    this.events = events;
    this.refused =
        Caffeine.newBuilder()
            .maximumSize(MOST_REFUSALS)
            .expireAfterWrite(REFUSED_FOR)
            .ticker(ticker::nanos)
            .executor(Runnable::run)
            .build();
  }

  /** Holds a DEK that was made here. */
  void put(Dek dek) {
    deks.put(dek.annotationHash(), dek);
  }

  /** Returns about how many DEKs are held. */
  long size() {
    return deks.estimatedSize();
  }

  /** Returns the DEK if it is in memory and may be used now, without waiting. */
  @Nullable Dek inMemory(AnnotationHash hash) {
    Dek dek = deks.getIfPresent(hash);
    return dek != null && usable.test(dek) ? dek : null;
  }

  /**
   * Returns the DEK of {@code record}, unwrapping it unless that is under way. Only a new unwrap
   * takes a token. The future is shared: do not complete or cancel it.
   */
  CompletableFuture<Dek> unwrap(AnnotationHash hash, DekRecord record, BooleanSupplier budget) {
    CompletableFuture<Dek> mine = new CompletableFuture<>();
    CompletableFuture<Dek> others = underWay.putIfAbsent(hash, mine);
    if (others != null) {
      events.unwrapShared();
      return others;
    }
    Dek known = inMemory(hash);
    if (known != null) {
      end(hash, () -> mine.complete(known));
    } else if (refused.getIfPresent(hash) != null) {
      fail(hash, mine, new EnvelopeException.Refused());
    } else if (!budget.getAsBoolean()) {
      events.unwrapEnded(bytes(hash), UnwrapResult.OVER_BUDGET);
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
      notes.note(dek.annotation().toByteArray());
      events.unwrapEnded(bytes(hash), UnwrapResult.UNWRAPPED);
      end(hash, () -> mine.complete(dek));
    } catch (KekException.Rejected _) {
      refused.put(hash, true);
      events.unwrapEnded(bytes(hash), UnwrapResult.REFUSED);
      fail(hash, mine, new EnvelopeException.Refused());
    } catch (KekException e) {
      events.unwrapEnded(bytes(hash), UnwrapResult.FAILED);
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.of(e)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      fail(hash, mine, new EnvelopeException.Unserved(Obstacle.KEK_UNAVAILABLE));
    } catch (RuntimeException | LinkageError e) {
      fail(hash, mine, e);
    }
  }

  private static Bytes bytes(AnnotationHash hash) {
    return Bytes.copyFrom(hash.bytes());
  }

  private Dek unwrapInTurn(DekRecord record) throws KekException, InterruptedException {
    Deadline deadline = Deadline.after(UNWRAP_TIME, ticker);
    if (!places.tryAcquire(UNWRAP_TIME.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new KekException.Unavailable("too many unwraps are under way");
    }
    try {
      return unwrapper.unwrap(record, deadline);
    } finally {
      places.release();
    }
  }

  private void fail(AnnotationHash hash, CompletableFuture<Dek> mine, Throwable why) {
    end(hash, () -> mine.completeExceptionally(why));
  }

  // Removed before it is told: whoever asks after a failure was told starts anew.
  private void end(AnnotationHash hash, BooleanSupplier tell) {
    underWay.remove(hash);
    var _ = tell.getAsBoolean();
  }

  /** Erases DEKs of that kind; returns how many. */
  int eraseIf(Predicate<Dek> kind) {
    int erased = 0;
    for (Dek dek : deks.asMap().values()) {
      if (kind.test(dek)) {
        dek.erase();
        erased++;
      }
    }
    var _ = deks.asMap().values().removeIf(Dek::isErased);
    return erased;
  }
}
