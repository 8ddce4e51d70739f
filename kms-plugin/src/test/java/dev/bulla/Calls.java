// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.client.KmsClient;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Calls through a socket at a steady rate, and what became of them. A turn is one call, or an
 * Encrypt with the Decrypt that proves it.
 */
final class Calls implements AutoCloseable {
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Consumer<KmsClient> call;
  private final KmsClient client;
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private Calls(Consumer<KmsClient> call, KmsClient client) {
    this.call = call;
    this.client = client;
  }

  /** Begins with a hundred turns a second of all three kinds, whose DEK is in memory. */
  static Calls warm(RunningPlugin plugin) {
    Sealed sealed = Sealed.by(plugin.client());
    List<Consumer<KmsClient>> kinds =
        List.of(Calls::requireOk, client -> Sealed.by(client).openWith(client), sealed::openWith);
    AtomicLong next = new AtomicLong();
    return every(
        Duration.ofMillis(10),
        client -> kinds.get((int) (next.getAndIncrement() % kinds.size())).accept(client),
        plugin,
        () -> false);
  }

  private static void requireOk(KmsClient client) {
    String health = client.status().getHealthz();
    if (!health.equals("ok")) {
      throw new AssertionError("Status says " + health);
    }
  }

  /** Begins to open one of {@code sealed} in each {@code pause}; ends when none is left. */
  static Calls cold(Duration pause, Deque<Sealed> sealed, RunningPlugin plugin) {
    return every(pause, client -> sealed.remove().openWith(client), plugin, sealed::isEmpty);
  }

  // A call is never made before the last has ended.
  private static Calls every(
      Duration pause, Consumer<KmsClient> call, RunningPlugin plugin, BooleanSupplier done) {
    Calls calls = new Calls(call, plugin.client());
    var _ =
        calls.clock.scheduleAtFixedRate(
            () -> calls.makeUnless(done), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    return calls;
  }

  private void makeUnless(BooleanSupplier done) {
    if (!done.getAsBoolean()) {
      make();
    } else {
      ended.countDown();
    }
  }

  private void make() {
    long from = System.nanoTime();
    try {
      call.accept(client);
    } catch (RuntimeException | AssertionError e) {
      failures.add(e.toString());
    }
    slowestNanos.accumulateAndGet(System.nanoTime() - from, Math::max);
    made.incrementAndGet();
  }

  /** Waits until there is nothing left to call for. */
  void await() throws InterruptedException {
    ended.await();
  }

  /** Returns how many turns have ended. */
  long made() {
    return made.get();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  Duration slowest() {
    return Duration.ofNanos(slowestNanos.get());
  }

  @Override
  public String toString() {
    return "%d turns, %d failed, the slowest in %d ms"
        .formatted(made(), failures.size(), slowest().toMillis());
  }

  /** Returns when the last call has ended. */
  void stop() {
    clock.close();
  }

  @Override
  public void close() {
    stop();
  }
}
