// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The credentials that sign calls. They are fetched on a thread of their own, one fetch at a time,
 * which a caller's deadline does not cut short: a slow STS would otherwise never be waited for.
 * They are fetched anew before they expire, and at once when AWS refuses them. Thread-safe.
 */
final class Credentials implements AutoCloseable {
  /** Least time between two fetches, so that a source that fails is not flooded. */
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

  /** Least time between two replacements of refused credentials. */
  private static final Duration LEAST_LIFE = Duration.ofSeconds(10);

  private final Supplier<AwsCredentialsProvider> source;
  private final InstantSource clock;
  private final Ticker ticker;
  private AwsCredentialsProvider provider;
  private int generation;
  private @Nullable HeldCredentials held;
  private @Nullable CompletableFuture<HeldCredentials> fetch;
  private Deadline nextFetch;
  private Deadline nextReplacement;
  private boolean closed;

  Credentials(Supplier<AwsCredentialsProvider> source, InstantSource clock, Ticker ticker) {
    this.source = source;
    this.clock = clock;
    this.ticker = ticker;
    this.provider = source.get();
    this.nextFetch = Deadline.after(Duration.ZERO, ticker);
    this.nextReplacement = nextFetch;
  }

  /**
   * Returns credentials that have not expired.
   *
   * @throws KekException.Denied if STS refuses to give any
   * @throws KekException.Unavailable if there are none, or none before the deadline
   */
  AwsCredentials current(Deadline deadline) throws KekException {
    CompletableFuture<HeldCredentials> wait;
    synchronized (this) {
      HeldCredentials now = held;
      Instant at = clock.instant();
      if (now != null && !now.isDue(at)) {
        return now.credentials();
      }
      wait = fetching();
      if (now != null && now.isUsable(at)) {
        return now.credentials();
      }
    }
    return await(wait, deadline);
  }

  private CompletableFuture<HeldCredentials> fetching() {
    CompletableFuture<HeldCredentials> underWay = fetch;
    if (underWay != null && !(underWay.isDone() && nextFetch.expired())) {
      return underWay;
    }
    CompletableFuture<HeldCredentials> begun = new CompletableFuture<>();
    fetch = begun;
    Fetch task = new Fetch(provider, generation, begun);
    Thread.ofPlatform().daemon().name("bulla-aws-credentials").start(() -> fetch(task));
    return begun;
  }

  private record Fetch(
      AwsCredentialsProvider from, int generation, CompletableFuture<HeldCredentials> result) {}

  private void fetch(Fetch task) {
    try {
      AwsCredentials fetched = task.from().resolveCredentials();
      Instant at = clock.instant();
      HeldCredentials found = new HeldCredentials(fetched, at, fetched.expirationTime());
      finish(task, found);
      task.result().complete(found);
    } catch (AwsServiceException e) {
      fail(task, AwsErrors.of(Operation.ASSUME_ROLE, e));
    } catch (SdkException e) {
      fail(task, ClientErrors.ofCredentials(e));
    } catch (RuntimeException | LinkageError _) {
      // Also a class that is missing: a fetch that never ended would be waited for for ever.
      fail(task, new KekException.Unavailable("the source of AWS credentials failed"));
    }
  }

  private void fail(Fetch task, KekException why) {
    finish(task, null);
    task.result().completeExceptionally(why);
  }

  private synchronized void finish(Fetch task, @Nullable HeldCredentials found) {
    nextFetch = Deadline.after(LEAST_PAUSE, ticker);
    if (closed || task.generation() != generation) {
      // What a replaced provider gives late may be what AWS refused.
      return;
    }
    if (found == null) {
      // Some providers remember a failure for good.
      renewProvider();
    } else {
      held = found;
    }
  }

  private static AwsCredentials await(CompletableFuture<HeldCredentials> wait, Deadline deadline)
      throws KekException {
    try {
      return wait.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS).credentials();
    } catch (TimeoutException _) {
      throw new KekException.Unavailable("AWS credentials are still being fetched");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new KekException.Unavailable("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KekException why) {
        throw why;
      }
      throw new IllegalStateException("a fetch ends with a KekException", e);
    }
  }

  /**
   * Forgets credentials that AWS refused, unless they were replaced already.
   *
   * @return whether {@link #current} may now give others; false if it did so just before
   */
  synchronized boolean replace(AwsCredentials refused) {
    if (closed || held == null || !held.credentials().equals(refused)) {
      return !closed;
    }
    if (!nextReplacement.expired()) {
      return false;
    }
    nextReplacement = Deadline.after(LEAST_LIFE, ticker);
    renewProvider();
    held = null;
    fetch = null;
    return true;
  }

  private void renewProvider() {
    close(provider);
    provider = source.get();
    generation++;
  }

  /** Returns when the credentials in use expire; empty if they do not, or if there are none. */
  synchronized Optional<Instant> expiry() {
    return held == null ? Optional.empty() : held.expiry();
  }

  @Override
  public synchronized void close() {
    closed = true;
    held = null;
    close(provider);
  }

  private static void close(AwsCredentialsProvider provider) {
    if (provider instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }
}
