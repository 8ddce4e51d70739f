// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server on a socket file. {@code publish} and {@code close} may be called by different threads.
 */
final class FileSocketServer implements UnixSocketServer {
  /** How long the old owner keeps answering for a waiting one to take the path. */
  private static final Duration HAND_OVER = Duration.ofMillis(100);

  private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();
  private static final long STRANGER_LOOK_NANOS = Duration.ofMillis(250).toNanos();

  private final SocketSettings settings;
  private final SocketFile file;
  private final SocketLock lock;
  private final Listener listener;
  private final SocketEvents events;
  private final Ticker ticker;
  private volatile @Nullable FileMark published;
  private volatile @Nullable Thread waiting;
  private volatile boolean standingBy;
  private volatile boolean closed;

  private FileSocketServer(
      SocketSettings settings,
      SocketFile file,
      SocketLock lock,
      Listener listener,
      SocketEvents events,
      Ticker ticker) {
    this.settings = settings;
    this.file = file;
    this.lock = lock;
    this.listener = listener;
    this.events = events;
    this.ticker = ticker;
  }

  static FileSocketServer start(
      SocketAddressSpec.File address,
      SocketSettings settings,
      List<ServerServiceDefinition> services,
      SocketEvents events,
      SecureRandom random,
      Ticker ticker)
      throws IOException {
    SocketFile file = new SocketFile(address, settings, random);
    file.prepareDirectory();
    SocketLock lock = SocketLock.open(address.path());
    Listener listener;
    try {
      listener =
          Listener.start(
              new DomainSocketAddress(file.temporary().toFile()),
              services,
              settings.allowedUids(),
              events,
              ticker);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    FileSocketServer server = new FileSocketServer(settings, file, lock, listener, events, ticker);
    try {
      file.protect();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  // Before either, the name is about to change: whoever connected to it would find nothing there.
  @Override
  public Optional<String> reachableAt() {
    if (published != null) {
      return Optional.of(file.path().toString());
    }
    return standingBy ? Optional.of(file.temporary().toString()) : Optional.empty();
  }

  @Override
  public void publish() throws IOException {
    waiting = Thread.currentThread();
    try {
      takeLock();
      awaitNoStranger();
      file.sweep(InstantSource.system());
      FileMark mark = file.publish();
      lock.record(mark);
      published = mark;
    } finally {
      waiting = null;
    }
    events.published(settings.address().endpoint());
  }

  private void takeLock() throws IOException {
    if (lock.tryTake()) {
      return;
    }
    refuseToWait("another Bulla serves on " + file.path());
    standBy();
    lock.take();
  }

  private void awaitNoStranger() throws IOException {
    while (file.occupant(lock) == SocketFile.Occupant.STRANGER) {
      refuseToWait("another program, not Bulla, answers on " + file.path());
      standBy();
      LockSupport.parkNanos(STRANGER_LOOK_NANOS);
      if (closed || Thread.interrupted()) {
        throw new IOException("interrupted while waiting for " + file.path());
      }
    }
  }

  private void standBy() {
    if (!standingBy) {
      standingBy = true;
      events.waiting(settings.address().endpoint());
    }
  }

  private void refuseToWait(String why) throws IOException {
    if (settings.whenBusy() == SocketSettings.WhenBusy.FAIL) {
      throw new IOException(why + "; stop it first, or set socket.whenBusy to wait");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Thread waiter = waiting;
    if (waiter != null) {
      waiter.interrupt();
    }
    try (SocketLock held = lock) {
      letGo(held);
    } catch (IOException e) {
      // Only the hand-over is lost: the kernel frees the lock, the next owner finds a dead socket.
      events.notLetGo(e);
    } finally {
      listener.close();
    }
  }

  private void letGo(SocketLock held) throws IOException {
    FileMark mark = published;
    if (mark == null) {
      var _ = Files.deleteIfExists(file.temporary());
      return;
    }
    held.release();
    Deadline deadline = Deadline.after(HAND_OVER, ticker);
    while (!deadline.expired() && file.isAt(mark)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    // Whoever has the lock now may be about to publish: only its holder removes a socket.
    if (held.tryTake() && file.isAt(mark)) {
      var _ = Files.deleteIfExists(file.path());
    }
  }
}
