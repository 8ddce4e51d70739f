// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue and the one thread that empties it into a sink, so that a sink that blocks or
 * fails never delays whoever offers. When it is full, what comes is lost, and the sink is told how
 * much, in its place between what came before and after. Thread-safe.
 */
public final class Outbox<T> implements AutoCloseable {
  /** Where items go. Called by the outbox's thread alone; may block. */
  public interface Sink<T> {
    /**
     * Writes an item.
     *
     * @throws IOException if it was not written: it is tried again after a while
     */
    void write(T item) throws IOException;

    /**
     * Writes that so many items were lost here.
     *
     * @throws IOException if that was not written: it is tried again after a while
     */
    void lost(long count) throws IOException;

    /** There is nothing more to write for now: told after each burst, and once a second. */
    void idle() throws IOException;

    /**
     * What the sink threw; told each time. Must not throw.
     *
     * @param why if it is no {@link IOException}, a defect: the item that it hit counts as lost
     */
    void failed(Throwable why);

    /** Nothing comes after this. */
    void end();
  }

  private sealed interface Entry<T> {
    void writeTo(Sink<T> sink) throws IOException;

    record Item<T>(T item) implements Entry<T> {
      @Override
      public void writeTo(Sink<T> sink) throws IOException {
        sink.write(item);
      }
    }

    record Lost<T>(long count) implements Entry<T> {
      @Override
      public void writeTo(Sink<T> sink) throws IOException {
        sink.lost(count);
      }
    }
  }

  private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Sink<T> sink;
  private final int capacity;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled whenever the queue, or what is done with it, has changed. */
  private final Condition changed = lock.newCondition();

  private final ArrayDeque<Entry<T>> queue = new ArrayDeque<>();
  private boolean started;
  private boolean closing;
  private boolean idle;

  /**
   * An outbox that keeps what is offered, and writes nothing before {@link #start}.
   *
   * @param name of its thread, a daemon
   */
  public Outbox(String name, int capacity, Sink<T> sink) {
    this.sink = sink;
    this.capacity = capacity;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /** Starts to write. Without effect if repeated, or after {@link #close()}. */
  public void start() {
    lock.lock();
    try {
      if (!started && !closing) {
        started = true;
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes an item to be written, or counts it as lost. Never waits for the sink. */
  public void offer(T item) {
    lock.lock();
    try {
      if (queue.size() < capacity) {
        queue.addLast(new Entry.Item<>(item));
      } else if (queue.peekLast() instanceof Entry.Lost<T>(long count)) {
        var _ = queue.pollLast();
        queue.addLast(new Entry.Lost<>(count + 1));
      } else {
        queue.addLast(new Entry.Lost<>(1));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that was offered is written, at most for {@code longest}. */
  public void flush(Duration longest) {
    await(longest, () -> queue.isEmpty() && idle);
  }

  /**
   * Ends it: what was offered is tried once more. Waits for that at most for {@code longest}, and
   * leaves the thread behind if its sink blocks.
   */
  public void close(Duration longest) {
    boolean running;
    lock.lock();
    try {
      running = started;
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      var _ = running && thread.join(longest);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(1));
  }

  private interface Check {
    boolean holds();
  }

  private void await(Duration longest, Check check) {
    long left = longest.toNanos();
    lock.lock();
    try {
      while (!check.holds() && left > 0 && thread.isAlive()) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean more = true;
    while (more) {
      try {
        more = step();
      } catch (IOException | RuntimeException | LinkageError e) {
        sink.failed(e);
        more = pause();
      }
    }
    sink.end();
  }

  /** Writes the next item, or waits for one; returns whether there may be another. */
  private boolean step() throws IOException {
    Entry<T> next = next();
    if (next == null) {
      sink.idle();
      return awaitNext();
    }
    try {
      next.writeTo(sink);
    } catch (RuntimeException | LinkageError e) {
      giveUp(next);
      throw e;
    }
    written(next);
    return true;
  }

  // Tried again, it would most likely hold up all that comes after it.
  private void giveUp(Entry<T> entry) {
    lock.lock();
    try {
      if (entry instanceof Entry.Item<T>) {
        var _ = queue.pollFirst();
        long behind = queue.peekFirst() instanceof Entry.Lost<T>(long count) ? count : 0;
        if (behind > 0) {
          var _ = queue.pollFirst();
        }
        queue.addFirst(new Entry.Lost<>(behind + 1));
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Entry<T> next() {
    lock.lock();
    try {
      idle = false;
      return queue.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  // More may have been lost since it was read: that stays to be told.
  private void written(Entry<T> entry) {
    lock.lock();
    try {
      if (queue.pollFirst() instanceof Entry.Lost<T>(long now)
          && entry instanceof Entry.Lost<T>(long told)
          && now > told) {
        queue.addFirst(new Entry.Lost<>(now - told));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitNext() {
    lock.lock();
    try {
      idle = queue.isEmpty();
      changed.signalAll();
      long left = IDLE_NANOS;
      while (queue.isEmpty() && !closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !queue.isEmpty() || !closing;
    } catch (InterruptedException _) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits before another attempt; returns whether there is to be one. */
  private boolean pause() {
    lock.lock();
    try {
      long left = IDLE_NANOS;
      boolean last = closing;
      while (!closing && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !last;
    } catch (InterruptedException _) {
      return false;
    } finally {
      lock.unlock();
    }
  }
}
