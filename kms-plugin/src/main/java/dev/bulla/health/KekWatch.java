// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Confirms one KEK in the background: about once a minute while it is well, more often while it is
 * not, so that its return is found within two seconds. {@link #tick} belongs to one thread.
 */
public final class KekWatch {
  /** Pause between confirmations of a KEK that is well; up to a tenth is added by chance. */
  static final Duration WHILE_WELL = Duration.ofSeconds(60);

  /** Pause while it does not answer. */
  static final Duration WHILE_AWAY = Duration.ofMillis(700);

  /** Pause while it is in doubt: callers wait for the outcome. */
  static final Duration WHILE_IN_DOUBT = Duration.ofMillis(200);

  /** Pause while it refuses: somebody has to mend that first. */
  static final Duration WHILE_REFUSING = Duration.ofSeconds(5);

  /** Pause while the key is said to be taken away; as long as two such answers must be apart. */
  static final Duration WHILE_REVOKED = Claim.APART;

  /** Pause when another description is wanted: a new version must be seen twice. */
  static final Duration SOON = Duration.ofSeconds(5);

  /** Longest confirmation. Several overlap, so that one that hangs does not hide the return. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int MOST_AT_ONCE = 4;

  private final WatchedKek kek;
  private final Supplier<Optional<OwnKey>> own;
  private final Predicate<KekDescription> described;
  private final Executor blocking;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean asked = true;
  private volatile boolean again;
  private long startedAtNanos;
  private long extraNanos;

  /**
   * Watches {@code kek}.
   *
   * @param own a DEK that the KEK wrapped, to be unwrapped; empty while there is none
   * @param described told each description, by the thread that asked; returns whether it is enough,
   *     or another one is wanted soon
   * @param blocking runs the confirmations, which block
   */
  public KekWatch(
      WatchedKek kek,
      Supplier<Optional<OwnKey>> own,
      Predicate<KekDescription> described,
      Executor blocking,
      Ticker ticker,
      RandomGenerator random) {
    this.kek = kek;
    this.own = own;
    this.described = described;
    this.blocking = blocking;
    this.ticker = ticker;
    this.random = random;
  }

  /** Has the KEK confirmed at the next tick. Thread-safe. */
  public void ask() {
    asked = true;
  }

  /** Starts a confirmation if one is due. Does not block. */
  public void tick() {
    long now = ticker.nanos();
    kek.look();
    boolean due = asked || now - startedAtNanos >= pause(kek.health());
    if (due && underWay.get() < MOST_AT_ONCE) {
      asked = false;
      startedAtNanos = now;
      extraNanos = random.nextLong(WHILE_WELL.toNanos() / 10);
      start();
    }
  }

  // Nodes that started together do not ask together; what is found missing is not waited for.
  private long pause(KekHealth health) {
    if (kek.isInDoubt()) {
      return WHILE_IN_DOUBT.toNanos();
    }
    if (health.resumed()) {
      return WHILE_AWAY.toNanos();
    }
    return health
        .setback()
        .map(KekWatch::pauseAfter)
        .map(Duration::toNanos)
        .orElse(again ? SOON.toNanos() : WHILE_WELL.toNanos() + extraNanos);
  }

  private static Duration pauseAfter(Setback setback) {
    return switch (setback) {
      case UNAVAILABLE, THROTTLED -> WHILE_AWAY;
      case DENIED, UNTRUSTWORTHY -> WHILE_REFUSING;
      case REVOKED -> WHILE_REVOKED;
    };
  }

  private void start() {
    underWay.incrementAndGet();
    try {
      blocking.execute(this::run);
    } catch (RejectedExecutionException _) {
      underWay.decrementAndGet();
    }
  }

  private void run() {
    try {
      KekDescription description = kek.confirm(own.get(), Deadline.after(LONGEST, ticker));
      again = !described.test(description);
    } catch (KekException _) {
      // Noted by the KEK itself, which tells the change of its phase.
      kek.look();
    } finally {
      underWay.decrementAndGet();
    }
  }
}
