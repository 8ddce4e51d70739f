// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import dev.bulla.files.FileTrouble;
import dev.bulla.lines.Field;
import dev.bulla.lines.Outbox;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Writes entries to the file, and tells how it goes. On the outbox's thread alone. */
final class AuditSink implements Outbox.Sink<AuditEntry> {
  /** How often it is told where the trail stands. */
  private static final Duration STANDS = Duration.ofHours(1);

  /** How long another writer may take to end before that is a trouble: a hand-over takes 2 s. */
  private static final int LOCKED_ATTEMPTS = 5;

  private static final int FORCE_EVERY = 64;

  private final ChainFile file;
  private final AuditEvents events;
  private final InstantSource clock;
  private final Ticker ticker;

  /** Offers what was held back in the seconds that have ended. */
  private final Runnable noteHeld;

  private long toldSeq;
  private long toldNanos;
  private int failures;
  private boolean off;

  AuditSink(
      ChainFile file, AuditEvents events, InstantSource clock, Ticker ticker, Runnable noteHeld) {
    this.file = file;
    this.events = events;
    this.clock = clock;
    this.ticker = ticker;
    this.noteHeld = noteHeld;
  }

  @Override
  public void write(AuditEntry entry) throws IOException {
    file.append(entry);
    if (file.seq() % FORCE_EVERY == 0) {
      file.force();
    }
    succeeded();
  }

  @Override
  public void lost(long count) throws IOException {
    write(entry("gap", Field.of("count", count)));
    events.auditLost(count);
  }

  @Override
  public void idle() throws IOException {
    var _ = file.follow(clock.instant());
    file.force();
    succeeded();
    noteHeld.run();
    if (ticker.nanos() - toldNanos >= STANDS.toNanos()) {
      tellStands();
    }
  }

  private AuditEntry entry(String event, Field... fields) {
    return new AuditEntry(clock.instant(), event, List.of(fields));
  }

  private void succeeded() {
    failures = 0;
    if (off) {
      off = false;
      events.auditedAgain();
    }
    if (toldSeq == 0) {
      tellStands();
    }
  }

  private void tellStands() {
    toldNanos = ticker.nanos();
    if (file.seq() > toldSeq) {
      toldSeq = file.seq();
      events.auditStands(file.seq(), file.last());
    }
  }

  @Override
  public void failed(Throwable why) {
    failures++;
    boolean patient = why instanceof ChainFile.LockedException && failures < LOCKED_ATTEMPTS;
    if (!off && !patient) {
      off = true;
      events.notAudited(FileTrouble.explained(why));
    }
  }

  @Override
  public void end() {
    try {
      if (file.isOpen()) {
        file.append(entry(ChainLine.CLOSED));
        file.force();
        tellStands();
      }
      file.release();
    } catch (IOException e) {
      failed(e);
    }
  }
}
