// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The envelope with its background work: starts it, stops it. {@link #close()} forgets every DEK,
 * but not the KEK, which stays its owner's to close. Thread-safe.
 */
public final class EnvelopeRuntime implements AutoCloseable {
  private final ScheduledExecutorService background;
  private final ExecutorService blocking;
  private final Envelopes envelopes;

  private EnvelopeRuntime(
      ScheduledExecutorService background, ExecutorService blocking, Envelopes envelopes) {
    this.background = background;
    this.blocking = blocking;
    this.envelopes = envelopes;
  }

  /**
   * Starts to make the first DEK in the background and returns at once.
   *
   * @param random source of masters; must be the kernel's, see {@code docs/security.md}
   */
  public static EnvelopeRuntime start(
      EnvelopeSettings settings,
      SecureRandom random,
      InstantSource clock,
      Ticker ticker,
      EnvelopeEvents events) {
    ScheduledExecutorService background =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("bulla-keys").daemon().factory());
    ExecutorService blocking =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bulla-unwrap-", 0).factory());
    DekFactory factory =
        new DekFactory(settings.scope(), List.of(settings.writeKek()), random, clock);
    DekCache cache = new DekCache(factory, blocking, ticker);
    Keyring keyring = new Keyring(settings.limits(), ticker);
    KeyLoop loop = new KeyLoop(settings, keyring, cache, factory, ticker, background, events);
    Envelopes envelopes = new Envelopes(keyring, cache, factory, loop::wake);
    loop.start();
    return new EnvelopeRuntime(background, blocking, envelopes);
  }

  /** Returns the door. */
  public Envelopes envelopes() {
    return envelopes;
  }

  /** Ends the background work, waits for nothing, forgets every DEK. */
  @Override
  public void close() {
    background.shutdownNow();
    blocking.shutdownNow();
    envelopes.clear();
  }
}
