// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import dev.bulla.lines.Field;
import dev.bulla.lines.Flood;
import dev.bulla.lines.Outbox;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * An append-only file of what happened, one JSON line each, hash-chained (see the package's
 * description). Thread-safe; no method waits for the disk but {@link #close()}, and that one not
 * for long.
 */
public final class AuditTrail implements AutoCloseable {
  /** Most entries that wait for the disk; what comes beyond is counted. */
  public static final int CAPACITY = 4_096;

  /** Most lines a second of one kind of {@link #noteOften}. */
  public static final int MOST_OF_A_KIND = 10;

  private record Kind(String event, List<Field> fields) {}

  private final InstantSource clock;
  private final Flood<Kind> flood;
  private final Outbox<AuditEntry> outbox;
  private final Duration patience;

  private AuditTrail(
      Path path, AuditEvents events, InstantSource clock, Ticker ticker, Duration patience) {
    this.clock = clock;
    this.patience = patience;
    this.flood = new Flood<>(MOST_OF_A_KIND, ticker);
    this.outbox =
        new Outbox<>(
            "bulla-audit",
            CAPACITY,
            new AuditSink(new ChainFile(path), events, clock, ticker, () -> noteHeld(ended())));
  }

  /**
   * A trail that touches no file before {@link #own()}: what is noted until then waits.
   *
   * @param patience how long {@link #close()} waits for the disk
   */
  public static AuditTrail at(
      Path path, AuditEvents events, InstantSource clock, Ticker ticker, Duration patience) {
    return new AuditTrail(path.toAbsolutePath().normalize(), events, clock, ticker, patience);
  }

  /**
   * Makes this process the file's writer: it writes as soon as no other one does. Without effect if
   * repeated.
   */
  public void own() {
    outbox.start();
  }

  /** Notes that something happened. */
  public void note(String event, Field... fields) {
    outbox.offer(new AuditEntry(clock.instant(), event, List.of(fields)));
  }

  /**
   * Notes something of which there may be a flood: beyond {@value #MOST_OF_A_KIND} lines a second
   * of one kind, one line counts the rest, with {@code kind}'s fields only.
   *
   * @param kind of few values: with the event, what makes two alike
   * @param details what differs
   */
  public void noteOften(String event, List<Field> kind, List<Field> details) {
    if (flood.admits(new Kind(event, List.copyOf(kind)))) {
      List<Field> fields = new ArrayList<>(kind);
      fields.addAll(details);
      outbox.offer(new AuditEntry(clock.instant(), event, fields));
    }
  }

  private List<Flood.Held<Kind>> ended() {
    return flood.ended();
  }

  private void noteHeld(List<Flood.Held<Kind>> all) {
    for (Flood.Held<Kind> held : all) {
      Kind kind = held.kind().orElse(new Kind("others", List.of()));
      List<Field> fields = new ArrayList<>(kind.fields());
      fields.add(Field.of("count", held.count()));
      outbox.offer(new AuditEntry(clock.instant(), kind.event(), fields));
    }
  }

  /** Waits until what was noted is written, at most for {@code longest}. */
  void flush(Duration longest) {
    outbox.flush(longest);
  }

  /** Writes what waits, and a last line; nothing, if this process never owned the file. */
  @Override
  public void close() {
    noteHeld(flood.all());
    outbox.close(patience);
  }
}
