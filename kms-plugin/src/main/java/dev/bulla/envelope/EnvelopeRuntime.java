// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.time.Ticker;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The envelope with its background work: starts it, stops it. {@link #close()} erases every DEK,
 * but not the KEKs, which stay their owner's to close. Thread-safe.
 */
public final class EnvelopeRuntime implements AutoCloseable {
  private final ScheduledExecutorService background;
  private final ExecutorService blocking;
  private final EnvelopeParts parts;

  private EnvelopeRuntime(
      ScheduledExecutorService background, ExecutorService blocking, EnvelopeParts parts) {
    this.background = background;
    this.blocking = blocking;
    this.parts = parts;
  }

  /**
   * What the envelope takes from its surroundings.
   *
   * @param random source of masters; must be the kernel's, see {@code docs/security.md}. It also
   *     spreads confirmations over time.
   * @param clock wall time: dates records, and decides when a KEK version comes into use
   * @param ticker elapsed time
   * @param sinceBoot elapsed time that goes on while the machine is suspended
   * @param notes where wrapped DEKs are noted for the next start
   * @param scrub overwrites the free heap; may take a while
   */
  public record Surroundings(
      SecureRandom random,
      InstantSource clock,
      Ticker ticker,
      Ticker sinceBoot,
      WrappedDeks notes,
      Runnable scrub) {
    /** Of this process, without notes and without a scrub. */
    public static Surroundings plain(SecureRandom random) {
      return new Surroundings(
          random,
          InstantSource.system(),
          Ticker.system(),
          Ticker.sinceBoot(),
          WrappedDeks.none(),
          () -> {});
    }
  }

  /** Starts to make the first DEK in the background and returns at once. */
  public static EnvelopeRuntime start(
      EnvelopeSettings settings, Surroundings surroundings, EnvelopeEvents events) {
    ScheduledExecutorService background =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("bulla-keys").daemon().factory());
    ExecutorService blocking =
        // No counter in the name: the handle that counts costs some 5 ms of the start.
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bulla-unwrap").factory());
    EnvelopeParts parts = EnvelopeParts.of(settings, surroundings, events, blocking, background);
    parts.loop().start();
    blocking.execute(parts.rewarming());
    return new EnvelopeRuntime(background, blocking, parts);
  }

  /** Returns the door. */
  public Envelopes envelopes() {
    return parts.envelopes();
  }

  /** Looks at the envelope: from memory, without a call to a KEK. */
  public EnvelopeFacts facts() {
    return parts.inspection().facts();
  }

  /** Ends the background work, waits for nothing, erases every DEK. */
  @Override
  public void close() {
    background.shutdownNow();
    blocking.shutdownNow();
    parts.envelopes().erase();
    parts.succession().eraseIf(_ -> true);
  }
}
