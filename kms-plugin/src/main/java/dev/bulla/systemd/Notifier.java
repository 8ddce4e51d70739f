// SPDX-License-Identifier: Apache-2.0
package dev.bulla.systemd;

import dev.bulla.time.Bell;
import dev.bulla.time.Ticker;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells systemd, on a thread of its own, when the plugin is ready, what it is about, that it lives,
 * and that it ends. A failure to tell is no trouble of the plugin's: it is tried again.
 *
 * <p>Ready is: Status would say ok, or this instance stands by; or the socket is served for {@link
 * #PATIENCE}, so that a unit whose KEK is away is not ended by systemd's timeout, which would only
 * take its socket away.
 */
public final class Notifier implements AutoCloseable {
  /** How long units that wait for this one wait for a KEK. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LOOK_WHEN_READY = Duration.ofSeconds(1);

  /** What a look at the plugin finds. */
  public enum Stage {
    /** The socket is not served yet. */
    STARTING,
    /** Another instance has the address. */
    STANDING_BY,
    /** Clients reach this instance. */
    SERVING
  }

  /**
   * What a look at the plugin finds.
   *
   * @param ok whether Status would say ok
   * @param text for people, on one line of at most 200 characters, no secret
   */
  public record Reading(Stage stage, boolean ok, String text) {}

  private final NotifySocket socket;
  private final Optional<Duration> watchdog;
  private final Supplier<Reading> readings;
  private final BooleanSupplier answers;
  private final Bell changes;
  private final Ticker ticker;
  private final Consumer<Throwable> defects;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bulla-systemd").unstarted(this::run);

  private volatile boolean stopping;
  private boolean ready;
  private boolean serving;
  private boolean broken;
  private long servingSinceNanos;
  private long fedNanos;
  private String told = "";

  private Notifier(
      NotifySocket socket,
      Optional<Duration> watchdog,
      Supplier<Reading> readings,
      BooleanSupplier answers,
      Bell changes,
      Ticker ticker,
      Consumer<Throwable> defects) {
    this.socket = socket;
    this.watchdog = watchdog;
    this.readings = readings;
    this.answers = answers;
    this.changes = changes;
    this.ticker = ticker;
    this.defects = defects;
  }

  /**
   * Returns a notifier that has not started; empty if systemd did not ask for one.
   *
   * @param environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID} of it
   * @param readings from memory
   * @param answers calls the plugin through its own socket, and may take a while
   * @param changes rings when there may be something to tell; what it does not ring for is told
   *     within a second
   * @param defects is given what a look threw, once until one succeeds again
   */
  public static Optional<Notifier> of(
      Map<String, String> environment,
      Supplier<Reading> readings,
      BooleanSupplier answers,
      Bell changes,
      Ticker ticker,
      Consumer<Throwable> defects) {
    return Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
        .filter(_ -> Epoll.isAvailable())
        .flatMap(NotifySocket::named)
        .map(
            socket ->
                new Notifier(
                    socket,
                    Watchdog.period(environment),
                    readings,
                    answers,
                    changes,
                    ticker,
                    defects));
  }

  /** Starts to look. To be called once. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!stopping) {
        long heard = changes.rings();
        tryToLook();
        changes.await(heard, ready ? betweenLooks() : LOOK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  // Without looks systemd would end a plugin that serves, as one that never got ready.
  private void tryToLook() {
    try {
      look();
      broken = false;
    } catch (RuntimeException | LinkageError e) {
      if (!broken) {
        broken = true;
        defects.accept(e);
      }
    }
  }

  private Duration betweenLooks() {
    return watchdog
        .map(period -> Duration.ofNanos(period.toNanos() / 4))
        .filter(quarter -> quarter.compareTo(LOOK_WHEN_READY) < 0)
        .orElse(LOOK_WHEN_READY);
  }

  private void look() {
    Reading reading = readings.get();
    if (!ready && isReady(reading)) {
      ready = tell("READY=1\nSTATUS=" + reading.text(), reading.text());
      fedNanos = ticker.nanos();
    } else if (!told.equals(reading.text())) {
      var _ = tell("STATUS=" + reading.text(), reading.text());
    }
    if (ready) {
      watchdog.ifPresent(this::feed);
    }
  }

  private boolean isReady(Reading reading) {
    return switch (reading.stage()) {
      case STARTING -> false;
      case STANDING_BY -> true;
      case SERVING -> reading.ok() || isServedForLong();
    };
  }

  private boolean isServedForLong() {
    long now = ticker.nanos();
    if (!serving) {
      serving = true;
      servingSinceNanos = now;
    }
    return now - servingSinceNanos >= PATIENCE.toNanos();
  }

  private boolean tell(String message, String text) {
    boolean sent = send(message);
    if (sent) {
      told = text;
    }
    return sent;
  }

  // One that is not answered is asked again at the next look, and systemd's clock runs on.
  private void feed(Duration period) {
    boolean due = ticker.nanos() - fedNanos + betweenLooks().toNanos() >= period.toNanos() / 2;
    if (due && answers.getAsBoolean() && send("WATCHDOG=1")) {
      fedNanos = ticker.nanos();
    }
  }

  private boolean send(String message) {
    try {
      socket.send(message);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Tells that the plugin ends, and tells nothing more. */
  @Override
  public void close() {
    stopping = true;
    changes.ring();
    var _ = send("STOPPING=1");
  }
}
