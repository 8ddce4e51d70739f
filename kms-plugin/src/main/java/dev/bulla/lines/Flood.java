// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a few of one kind through in each second and counts the rest, so that a flood becomes a few
 * lines and one that counts. Memory is bounded: beyond {@value #MOST_KINDS} kinds at once, all
 * others are one. Thread-safe, and never held for longer than a look into a map.
 */
public final class Flood<K> {
  /** Most kinds that are told apart within a second. */
  public static final int MOST_KINDS = 64;

  private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * What was held back of one kind in one second.
   *
   * @param kind empty stands for all that were beyond {@link #MOST_KINDS}
   * @param count at least 1
   */
  public record Held<K>(Optional<K> kind, long count) {}

  private static final class Window {
    private final long startNanos;
    private long seen;

    Window(long startNanos) {
      this.startNanos = startNanos;
    }
  }

  private final int most;
  private final Ticker ticker;
  private final Map<Optional<K>, Window> windows = new LinkedHashMap<>();
  private final List<Held<K>> ended = new ArrayList<>();

  /** Lets {@code most} of each kind through in a second. */
  public Flood(int most, Ticker ticker) {
    this.most = most;
    this.ticker = ticker;
  }

  /** Returns whether this one is to be written; if not, it has been counted. */
  public synchronized boolean admits(K kind) {
    long now = ticker.nanos();
    endOld(now);
    Optional<K> known = Optional.of(kind);
    boolean isRoom = windows.containsKey(known) || windows.size() < MOST_KINDS;
    Window window =
        windows.computeIfAbsent(isRoom ? known : Optional.empty(), _ -> new Window(now));
    return ++window.seen <= most;
  }

  /** Returns what was held back in the seconds that have ended, and forgets it. */
  public synchronized List<Held<K>> ended() {
    endOld(ticker.nanos());
    return taken();
  }

  /** Returns what was held back until now, and forgets it. */
  public synchronized List<Held<K>> all() {
    windows.forEach(this::end);
    windows.clear();
    return taken();
  }

  private List<Held<K>> taken() {
    List<Held<K>> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  // Windows stand in the order of their start.
  private void endOld(long now) {
    Iterator<Map.Entry<Optional<K>, Window>> oldest = windows.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Optional<K>, Window> entry = oldest.next();
      if (now - entry.getValue().startNanos < WINDOW_NANOS) {
        return;
      }
      end(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  // Nobody may have come for them in a while: one count for each kind is kept.
  private void end(Optional<K> kind, Window window) {
    long count = window.seen - most;
    if (count <= 0) {
      return;
    }
    for (int i = 0; i < ended.size(); i++) {
      if (ended.get(i).kind().equals(kind)) {
        ended.set(i, new Held<>(kind, ended.get(i).count() + count));
        return;
      }
    }
    boolean isRoom = ended.size() < MOST_KINDS;
    if (isRoom || kind.isEmpty()) {
      ended.add(new Held<>(kind, count));
    } else {
      end(Optional.empty(), window);
    }
  }
}
