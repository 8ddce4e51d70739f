// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The token that calls carry. It is fetched on a thread of its own, one fetch at a time, which a
 * caller's deadline does not cut short; renewed, or replaced by a login, when two thirds of its
 * life are over; and replaced at once when the service refuses it. Thread-safe.
 */
final class Tokens implements AutoCloseable {
  private static final Duration FETCH_TIME = Duration.ofSeconds(10);

  private final Fetcher fetcher;
  private final List<Path> files;
  private final boolean followsFile;
  private final Backoff backoff;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Replacements replacements;
  private @Nullable Token held;
  private @Nullable Instant expiry;
  private @Nullable CompletableFuture<Token> fetch;
  private @Nullable Token replaced;
  private int generation;
  private FileStamp stamp;
  private boolean closed;

  /** What gets and renews tokens. */
  interface Fetcher {
    /** Logs in. */
    Token login(Deadline deadline) throws KekException;

    /** Renews; empty if that is refused. */
    Optional<Token> renew(Token token, Deadline deadline) throws KekException;
  }

  /**
   * Tokens of {@code fetcher}.
   *
   * @param files that it reads
   * @param followsFile whether a change of them means another token, not only another login
   */
  Tokens(
      Fetcher fetcher,
      List<Path> files,
      boolean followsFile,
      Backoff backoff,
      InstantSource clock,
      Ticker ticker) {
    this.fetcher = fetcher;
    this.files = List.copyOf(files);
    this.followsFile = followsFile;
    this.backoff = backoff;
    this.clock = clock;
    this.ticker = ticker;
    this.replacements = new Replacements(ticker);
    this.stamp = FileStamp.of(files);
    var _ = Thread.ofVirtual().name("bulla-vault-token").start(this::refreshForEver);
  }

  /**
   * Returns a token that has not expired.
   *
   * @throws KekException why there is none, or none before the deadline
   */
  Token current(Deadline deadline) throws KekException {
    CompletableFuture<Token> wait;
    synchronized (this) {
      requireOpen();
      boolean changed = noteFiles();
      Token now = held;
      boolean usable = now != null && !now.expired(ticker.nanos());
      if (now != null && usable && !(changed && followsFile)) {
        return now;
      }
      wait = fetching(null);
      if (now != null && usable) {
        return now;
      }
    }
    return await(wait, deadline);
  }

  private void requireOpen() throws KekException.Unavailable {
    if (closed) {
      throw new KekException.Unavailable("the KEK was closed");
    }
  }

  // A login that was refused may succeed with what is in the files now.
  private boolean noteFiles() {
    FileStamp now = FileStamp.of(files);
    boolean changed = !now.equals(stamp);
    if (changed) {
      stamp = now;
      backoff.forget();
    }
    return changed;
  }

  private CompletableFuture<Token> fetching(@Nullable Token renewed) {
    CompletableFuture<Token> underWay = fetch;
    if (underWay != null && !underWay.isDone()) {
      return underWay;
    }
    Optional<KekException> failure = backoff.inForce();
    if (failure.isPresent()) {
      return CompletableFuture.failedFuture(failure.get());
    }
    CompletableFuture<Token> begun = new CompletableFuture<>();
    fetch = begun;
    int mine = generation;
    var _ = Thread.ofVirtual().name("bulla-vault-login").start(() -> fetch(renewed, begun, mine));
    return begun;
  }

  private void fetch(@Nullable Token renewed, CompletableFuture<Token> result, int mine) {
    try {
      Token token = fetched(renewed);
      taken(token, mine);
      result.complete(token);
    } catch (KekException e) {
      failed(e, mine);
      result.completeExceptionally(e);
    } catch (RuntimeException | LinkageError e) {
      KekException why = new KekException.Unavailable("a defect of Bulla, at a login", e);
      failed(why, mine);
      result.completeExceptionally(why);
    }
  }

  // A renewal that is refused, or cut short because the token nears its last day, asks for a login.
  private Token fetched(@Nullable Token renewed) throws KekException {
    Deadline deadline = Deadline.after(FETCH_TIME, ticker);
    if (renewed != null && renewed.renewable()) {
      Optional<Token> longer = fetcher.renew(renewed, deadline);
      if (longer.isPresent() && !longer.get().isCapped()) {
        return longer.get();
      }
    }
    return fetcher.login(deadline);
  }

  // What was asked for before the token was refused comes too late: it may be what was refused.
  private synchronized void taken(Token token, int mine) {
    if (mine == generation && !closed) {
      held = token;
      expiry = token.ends() ? clock.instant().plus(token.left(ticker.nanos())) : null;
      backoff.forget();
      fetch = null;
      notifyAll();
    }
  }

  private synchronized void failed(KekException why, int mine) {
    if (mine == generation) {
      backoff.failed(why);
      fetch = null;
      notifyAll();
    }
  }

  private static Token await(CompletableFuture<Token> wait, Deadline deadline) throws KekException {
    try {
      return wait.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      throw new KekException.Unavailable("the login to the service is still under way");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new KekException.Unavailable("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KekException why) {
        throw why;
      }
      throw new IllegalStateException("a login ends with a KekException", e);
    }
  }

  /**
   * Forgets a token that the service refused, unless it was replaced already.
   *
   * @return whether {@link #current} may give another; false if tokens are refused too often, which
   *     another login does not mend
   */
  synchronized boolean replace(Token refused) {
    if (closed || (held != null && !held.value().equals(refused.value()))) {
      return !closed;
    }
    // Without a token it is either replaced already, or was forgotten as it had expired.
    if (held == null && replaced != null && replaced.value().equals(refused.value())) {
      return true;
    }
    if (!replacements.tryTake()) {
      return false;
    }
    replaced = refused;
    held = null;
    expiry = null;
    fetch = null;
    generation++;
    return true;
  }

  /** Returns when the token expires; empty if it does not, or if there is none. */
  synchronized Optional<Instant> expiry() {
    return Optional.ofNullable(expiry);
  }

  private synchronized void refreshForEver() {
    try {
      while (!closed) {
        wait(refreshed());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins what is due; returns for how many milliseconds nothing else is, 0 for ever. */
  private long refreshed() {
    Token now = held;
    if (now == null || !now.ends()) {
      return 0;
    }
    CompletableFuture<Token> underWay = fetch;
    if (underWay != null && !underWay.isDone()) {
      return FETCH_TIME.toMillis();
    }
    long nanos = ticker.nanos();
    Duration pause = max(now.untilDue(nanos), backoff.left());
    if (pause.isPositive()) {
      return Math.max(1, pause.toMillis());
    }
    if (now.expired(nanos)) {
      // The next call logs in: an idle process need not.
      held = null;
      return 0;
    }
    var _ = fetching(now);
    return FETCH_TIME.toMillis();
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  @Override
  public synchronized void close() {
    closed = true;
    held = null;
    expiry = null;
    notifyAll();
  }
}
