// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Events in the order in which they came, each with its time. */
final class RecordedEvents implements SocketEvents {
  record Event(String name, String text, long atNanos) {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile Runnable whenToldOfThePath = () -> {};

  /** Has each event of a path that is lost, or there again, do this first, which may throw. */
  void whenToldOfThePath(Runnable first) {
    whenToldOfThePath = first;
  }

  /** Returns the next event, which must come within 10 s and have this name. */
  Event next(String name) throws InterruptedException {
    Event event = events.poll(10, TimeUnit.SECONDS);
    if (event == null || !event.name().equals(name)) {
      throw new AssertionError("expected " + name + ", got " + event);
    }
    return event;
  }

  /** Waits for the next event, whatever it is. */
  Event take() throws InterruptedException {
    return events.take();
  }

  /** Returns an event that has come already, or null. */
  @Nullable Event poll() {
    return events.poll();
  }

  /** Waits so long for the next event; null if none comes. */
  @Nullable Event poll(Duration time) throws InterruptedException {
    return events.poll(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void add(String name, String text) {
    events.add(new Event(name, text, Ticker.system().nanos()));
  }

  @Override
  public void waiting(String endpoint, String owner) {
    add("waiting", owner);
  }

  @Override
  public void published(String endpoint) {
    add("published", endpoint);
  }

  @Override
  public void peerRejected(long uid, String why, long rejectedSoFar) {
    add("rejected", uid + " " + rejectedSoFar + " " + why);
  }

  @Override
  public void notRecorded(IOException why) {
    add("notRecorded", String.valueOf(why.getMessage()));
  }

  @Override
  public void pathRestored(String endpoint) {
    whenToldOfThePath.run();
    add("pathRestored", endpoint);
  }

  @Override
  public void pathLost(String endpoint, String why) {
    whenToldOfThePath.run();
    add("pathLost", why);
  }

  @Override
  public void notLetGo(IOException why) {
    add("notLetGo", String.valueOf(why.getMessage()));
  }

  @Override
  public void defect(Throwable what) {
    add("defect", String.valueOf(what));
  }
}
