// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import dev.bulla.files.TrustedPlace;
import dev.bulla.files.TrustedPlace.Mark;
import dev.bulla.lines.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file at a path, to which lines are appended. It is looked at before each line, so that one
 * that was rotated away, cut or written to by others is noticed; the chain goes on in any case,
 * from what this process has written last. Not thread-safe.
 */
final class ChainFile {
  /** A group may read, so that a collector of logs needs no more. */
  static final int WIDEST = 0640;

  private static final Set<OpenOption> OPEN =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> CREATE =
      Set.of(
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");
  private static final Mark NOTHING = new Mark(0, 0);

  private final Path path;
  private final TrustedPlace place;
  private @Nullable FileChannel channel;

  /** The file as this process has left it. */
  private Mark left = NOTHING;

  private long seq;
  private String last = ChainLine.NOTHING;
  private boolean unforced;

  ChainFile(Path path) {
    this.path = path;
    this.place = new TrustedPlace(path, WIDEST);
  }

  /** Returns the number of the last line; 0 before the first. */
  long seq() {
    return seq;
  }

  /** Returns the hash of the last line. */
  String last() {
    return last;
  }

  /** Whether there is a file that this process writes to. */
  boolean isOpen() {
    return channel != null;
  }

  /** Appends a line. If it fails, the line counts as not written, though a part of it may be. */
  void append(AuditEntry entry) throws IOException {
    FileChannel open = follow(entry.time());
    try {
      add(open, entry, 0);
    } catch (IOException | RuntimeException | LinkageError e) {
      release();
      throw e;
    }
  }

  /** Goes over to the file that is at the path now, if that is another one. */
  FileChannel follow(Instant now) throws IOException {
    Optional<Mark> found = place.look();
    FileChannel open = channel;
    if (open != null && found.filter(left::equals).isPresent()) {
      return open;
    }
    release();
    return reopened(found, now);
  }

  private FileChannel reopened(Optional<Mark> found, Instant now) throws IOException {
    place.prepareDirectory();
    FileChannel open = found.isPresent() ? FileChannel.open(path, OPEN) : create();
    try {
      lock(open);
      Mark mark = place.look().orElse(NOTHING);
      if (mark.inode() != found.map(Mark::inode).orElse(mark.inode())) {
        throw new IOException(path + " was replaced while it was opened");
      }
      begin(open, mark, now);
    } catch (IOException | RuntimeException | LinkageError e) {
      open.close();
      throw e;
    }
    channel = open;
    return open;
  }

  private FileChannel create() throws IOException {
    FileChannel open = FileChannel.open(path, CREATE, PosixFilePermissions.asFileAttribute(MODE));
    // The umask may have taken some of it.
    var _ = Files.setPosixFilePermissions(path, MODE);
    return open;
  }

  private void lock(FileChannel open) throws IOException {
    try {
      if (open.tryLock() == null) {
        throw new LockedException(path);
      }
    } catch (OverlappingFileLockException _) {
      throw new LockedException(path);
    }
  }

  private void begin(FileChannel open, Mark mark, Instant now) throws IOException {
    Tail tail =
        Tail.read(open)
            .orElseThrow(
                () -> new IOException(path + " does not end as an audit trail does; move it away"));
    String why = why(tail, mark);
    if (left.equals(NOTHING)) {
      seq = tail.seq();
      last = tail.hash();
    } else if (tail.torn() > 0) {
      last = tail.hash();
    }
    left = mark;
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("reason", why));
    fields.add(Field.of("pid", ProcessHandle.current().pid()));
    if (tail.torn() > 0) {
      fields.add(Field.of(ChainLine.TORN, tail.torn()));
    }
    add(open, new AuditEntry(now, ChainLine.OPENED, fields), tail.torn());
  }

  private String why(Tail tail, Mark mark) {
    if (left.equals(NOTHING)) {
      return tail.isEmpty() ? "new" : "started";
    }
    if (mark.inode() != left.inode()) {
      return "rotated";
    }
    return mark.size() == left.size() || tail.torn() > 0 ? "resumed" : "changed";
  }

  /** Writes a line, behind an LF if there are torn bytes that it must end. */
  private void add(FileChannel open, AuditEntry entry, int torn) throws IOException {
    byte[] line = ChainLine.encode(seq + 1, entry, last);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (torn > 0) {
      bytes.write('\n');
    }
    bytes.writeBytes(line);
    bytes.write('\n');
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    while (buffer.hasRemaining()) {
      var _ = open.write(buffer, left.size() + buffer.position());
    }
    left = new Mark(left.inode(), left.size() + buffer.limit());
    seq++;
    last = ChainLine.hash(line);
    unforced = true;
  }

  /** Has the system write out what was appended. */
  void force() throws IOException {
    FileChannel open = channel;
    if (open != null && unforced) {
      open.force(false);
      unforced = false;
    }
  }

  /** Lets the file and its lock go; the next line opens it again. */
  void release() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  /** Another process writes the file, or has not ended yet. */
  static final class LockedException extends IOException {
    private static final long serialVersionUID = 1;

    LockedException(Path path) {
      super(path + " is written by another process; give each its own");
    }
  }
}
