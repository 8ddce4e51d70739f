// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.ProcessUid;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lock beside a socket: who holds it owns the path. It is the kernel's lock on an open file
 * (fcntl), so it ends with the process, however that ends. The owner writes into the file which
 * socket it has published: the next owner may displace that one, dead or alive, for its owner has
 * let go. A record that is torn or missing means no more than "ask the socket".
 *
 * <p>Guarantee within one process: two locks on one file exclude each other, but closing either
 * frees the file for other processes. Not thread-safe, but {@link #close} ends a {@link #take}.
 */
final class SocketLock implements AutoCloseable {
  private static final Set<OpenOption> OPEN =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  /** Three numbers of at most 20 digits, two spaces, a line feed. */
  private static final int MAX_RECORD_BYTES = 63;

  private static final Pattern RECORD = Pattern.compile("(\\d+ \\d+) (\\d+)\n");
  private static final long PAUSE_NANOS = 10_000_000;
  private static final long ROOT = 0;

  private final Path file;
  private final FileChannel channel;
  private @Nullable FileLock lock;

  private SocketLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Opens the lock file of {@code socket}, or creates it with mode 0600. */
  static SocketLock open(Path socket) throws IOException {
    Path file = socket.resolveSibling(socket.getFileName() + ".lock");
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      check(file);
    }
    return new SocketLock(
        file,
        FileChannel.open(
            file,
            OPEN,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  // Whoever owns the file could hold the lock for ever, or write another record into it.
  private static void check(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file; remove it, it is the socket's lock");
    }
    long owner =
        Integer.toUnsignedLong(
            (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    if (owner != ROOT && owner != ProcessUid.own()) {
      throw new IOException(
          file
              + " belongs to uid "
              + owner
              + ", neither to root nor to this process; stop that user's instance and remove it");
    }
  }

  /** Takes the lock if nobody has it. */
  boolean tryTake() throws IOException {
    try {
      lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  /**
   * Waits for the lock. It comes at once when its holder ends; within one process, where the kernel
   * keeps no queue, within 10 ms.
   *
   * @throws IOException if the waiting thread is interrupted, or the lock is closed
   */
  void take() throws IOException {
    try {
      while (!tryWait()) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (FileLockInterruptionException _) {
      throw new InterruptedIOException("interrupted while waiting for " + file);
    }
  }

  private boolean tryWait() throws IOException {
    try {
      lock = channel.lock();
      return true;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  void release() throws IOException {
    FileLock held = lock;
    if (held != null) {
      lock = null;
      held.release();
    }
  }

  /** Writes which socket the holder has published, and the holder's pid. */
  void record(FileMark published) throws IOException {
    String text = key(published) + " " + ProcessHandle.current().pid() + "\n";
    channel.truncate(0);
    var _ = channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  /** Returns whether {@code mark} is the socket that the last holder published. */
  boolean recorded(FileMark mark) throws IOException {
    return read().filter(record -> record.group(1).equals(key(mark))).isPresent();
  }

  /** Returns the last holder's pid, as its own pid namespace numbers it. */
  Optional<String> owner() throws IOException {
    return read().map(record -> record.group(2));
  }

  private static String key(FileMark mark) {
    return mark.inode() + " " + mark.changedNanos();
  }

  private Optional<Matcher> read() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_RECORD_BYTES + 1);
    var _ = channel.read(buffer, 0);
    Matcher record =
        RECORD.matcher(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
    return record.matches() ? Optional.of(record) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
