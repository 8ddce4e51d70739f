// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
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
import org.jspecify.annotations.Nullable;

/**
 * The lock beside a socket: who holds it owns the path. It is the kernel's lock on an open file, so
 * it ends with the process, however that ends. The owner writes into the file which socket it has
 * published: the next owner may displace that one, dead or alive, for its owner has let go. Not
 * thread-safe.
 */
final class SocketLock implements AutoCloseable {
  private static final Set<OpenOption> OPEN =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
  private static final int MAX_RECORD_BYTES = 64;
  private static final long PAUSE_NANOS = 10_000_000;

  private final FileChannel channel;
  private @Nullable FileLock lock;

  private SocketLock(FileChannel channel) {
    this.channel = channel;
  }

  static SocketLock open(Path socket) throws IOException {
    Path file = socket.resolveSibling(socket.getFileName() + ".lock");
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file; remove it, it is the socket's lock");
    }
    return new SocketLock(
        FileChannel.open(
            file,
            OPEN,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
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
   * keeps no queue, within {@value #PAUSE_NANOS} ns.
   *
   * @throws IOException if the waiting thread is interrupted, which closes the lock file
   */
  void take() throws IOException {
    while (lock == null) {
      try {
        lock = channel.lock();
      } catch (OverlappingFileLockException _) {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (Thread.interrupted()) {
          throw new IOException("interrupted while waiting for the socket's lock");
        }
      }
    }
  }

  void release() throws IOException {
    FileLock held = lock;
    if (held != null) {
      lock = null;
      held.release();
    }
  }

  /** Writes which socket the holder has published. */
  void record(FileMark published) throws IOException {
    String text = published.inode() + " " + published.changedNanos() + "\n";
    channel.truncate(0);
    var _ = channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  /** Returns whether {@code mark} is the socket that the last holder published. */
  boolean recorded(FileMark mark) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(MAX_RECORD_BYTES);
    var _ = channel.read(buffer, 0);
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    return Optional.of(mark.inode() + " " + mark.changedNanos() + "\n")
        .filter(text::equals)
        .isPresent();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
