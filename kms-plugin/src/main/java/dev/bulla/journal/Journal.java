// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import dev.bulla.files.FileTrouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An append-only file of wrapped DEKs, so that a start is warm: a hint, never authority (see the
 * package's description for the format). No trouble with the disk reaches a caller: it is told to
 * {@link JournalEvents}, the records stay right in memory, and each append tries the disk again.
 *
 * <p>Thread-safe. Memory is bounded: {@link #MOST_RECORDS} records, about 3.4 MB at the very most,
 * and the file to twice that. Arrays stay their owner's: they are copied in and out.
 */
public final class Journal implements AutoCloseable {
  /** How many records are remembered; the oldest goes when another comes. */
  public static final int MOST_RECORDS = 1_000;

  /** The longest record. */
  public static final int MOST_RECORD_BYTES = 3_328;

  /** A file with more than one dropped record in four is written anew. */
  private static final int DROPPED_SHARE = 4;

  private enum Role {
    READER,
    OWNER,
    CLOSED
  }

  /** What there is to write. */
  private record Work(List<ByteBuffer> unwritten, List<ByteBuffer> all, int dropped) {}

  private final JournalEvents events;
  private final AtomicReference<Role> role = new AtomicReference<>(Role.READER);

  /** Guards the recollection, for moments: whoever reads or notes never waits for the disk. */
  private final Object memory = new Object();

  private final Recollection recollection = new Recollection();

  /** Guards the file, what is told of it, and every change of role but the first. */
  private final ReentrantLock disk = new ReentrantLock();

  private final JournalFile file;
  private boolean off;
  private boolean swept;
  private String toldDamage = "";

  private Journal(JournalFile file, JournalEvents events) {
    this.file = file;
    this.events = events;
  }

  /**
   * Reads the file, if there is one. Creates and changes nothing, and never throws for what is on
   * the disk: a missing file or directory is no trouble, any other is told to {@code events} before
   * this method returns.
   *
   * <p>A file is refused, and the journal off, unless it is a regular file of this process's uid
   * with one name and a mode within 0600, in a directory that not everybody may write to.
   */
  public static Journal open(Path path, JournalEvents events) {
    return open(path, events, DiskSteps.REAL);
  }

  static Journal open(Path path, JournalEvents events, DiskSteps steps) {
    Journal journal = new Journal(new JournalFile(path, steps), events);
    journal.load();
    return journal;
  }

  private void load() {
    disk.lock();
    try {
      take(file.read());
    } catch (IOException e) {
      tellOff(e);
    } finally {
      disk.unlock();
    }
  }

  /**
   * Returns the records that were readable and those noted since, newest first, without duplicates,
   * at most {@link #MOST_RECORDS}. The list and its arrays are the caller's.
   */
  public List<byte[]> records() {
    List<ByteBuffer> all;
    synchronized (memory) {
      all = recollection.all();
    }
    return all.reversed().stream().map(Journal::bytes).toList();
  }

  /** Returns how many records there are in memory. */
  public int size() {
    synchronized (memory) {
      return recollection.all().size();
    }
  }

  private static byte[] bytes(ByteBuffer record) {
    byte[] bytes = new byte[record.remaining()];
    var _ = record.duplicate().get(bytes);
    return bytes;
  }

  private static ByteBuffer buffer(byte[] record) {
    return ByteBuffer.wrap(record.clone()).asReadOnlyBuffer();
  }

  /**
   * Makes this process the file's only writer, which the caller ensures. What was noted before is
   * written now; what another owner has written since {@link #open} is taken in first, and what a
   * killed one left behind is cleared away. Runs its file I/O on the caller's thread, and never
   * throws. Without effect if repeated, or after {@link #close}.
   */
  public void own() {
    if (role.compareAndSet(Role.READER, Role.OWNER)) {
      settle();
    }
  }

  /**
   * Notes a record: it becomes the newest. One that is known does not make the file grow, and its
   * new place is written at the next compaction. Runs its file I/O on the caller's thread: for the
   * owner, the record is on the disk when this returns, unless there is trouble (it is told), or
   * another thread is writing at this moment (it writes this record too, and nobody waits).
   *
   * <p>Never throws. A record that is empty or longer than {@link #MOST_RECORD_BYTES} is left out.
   *
   * @param record stays the caller's
   */
  public void append(byte[] record) {
    if (RecordFormat.isLength(record.length)) {
      ByteBuffer copy = buffer(record);
      synchronized (memory) {
        recollection.note(copy);
      }
      settle();
    }
  }

  /**
   * Forgets a record, for example because its KEK says that it is not its own. The file has it
   * until the next compaction, which this starts if dropped records are more than a quarter of the
   * file; so a restart may return it once more. Threads and trouble as for {@link #append}; without
   * effect if the record is not known.
   *
   * @param record stays the caller's
   */
  public void drop(byte[] record) {
    ByteBuffer copy = buffer(record);
    synchronized (memory) {
      recollection.drop(copy);
    }
    settle();
  }

  /**
   * Ends the writing: tries once more to write what could not be written, and waits for a write
   * that is under way, so that afterwards another process may own the file. Never throws. The
   * records stay readable, and later appends stay in memory.
   */
  @Override
  public void close() {
    settle();
    disk.lock();
    try {
      role.set(Role.CLOSED);
    } finally {
      disk.unlock();
    }
  }

  // Whoever finds the disk busy leaves: the thread that writes looks again after it has let go, and
  // so does not miss what was noted before that.
  private void settle() {
    boolean again = isOwner();
    while (again && disk.tryLock()) {
      try {
        again = isOwner() && attempt();
      } finally {
        disk.unlock();
      }
      again = again && hasWork();
    }
  }

  private boolean isOwner() {
    return role.get() == Role.OWNER;
  }

  private boolean hasWork() {
    synchronized (memory) {
      return recollection.hasUnwritten();
    }
  }

  private boolean attempt() {
    // An interrupt would close the file in the middle of a write: it is for whoever called.
    boolean interrupted = Thread.interrupted();
    try {
      if (write() && off) {
        off = false;
        events.writtenAgain();
      }
      return true;
    } catch (IOException | RuntimeException | LinkageError e) {
      tellOff(e);
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns whether there was anything to write. */
  private boolean write() throws IOException {
    if (!file.isAsLeft()) {
      take(file.read());
    }
    sweepOnce();
    Work work = work();
    if (needsRewrite(work)) {
      rewrite(work.all());
    } else if (!work.unwritten().isEmpty()) {
      append(work.unwritten());
    } else {
      return false;
    }
    return true;
  }

  private void sweepOnce() throws IOException {
    if (!swept) {
      file.sweep();
      swept = true;
    }
  }

  private Work work() {
    synchronized (memory) {
      return new Work(recollection.unwritten(), recollection.all(), recollection.dropped());
    }
  }

  private boolean needsRewrite(Work work) {
    return file.isDamaged()
        || (!file.isSound() && !work.unwritten().isEmpty())
        || file.count() + work.unwritten().size() > RecordFormat.MOST_FILE_RECORDS
        || work.dropped() * DROPPED_SHARE > file.count();
  }

  private void rewrite(List<ByteBuffer> records) throws IOException {
    file.rewrite(records);
    toldDamage = "";
    synchronized (memory) {
      recollection.rewritten(records);
    }
  }

  private void append(List<ByteBuffer> records) throws IOException {
    file.append(records);
    synchronized (memory) {
      recollection.appended(records);
    }
  }

  private void take(Contents contents) {
    synchronized (memory) {
      recollection.merge(contents.records());
    }
    if (!contents.why().equals(toldDamage)) {
      toldDamage = contents.why();
      if (contents.unreadable() > 0) {
        events.unreadable(contents.unreadable(), contents.why());
      }
    }
  }

  private void tellOff(Throwable why) {
    if (!off) {
      off = true;
      events.notWritten(FileTrouble.explained(why));
    }
  }
}
