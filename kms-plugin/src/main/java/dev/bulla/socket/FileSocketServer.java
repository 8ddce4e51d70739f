// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.FileTrouble;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server on a socket file. {@code publish} and {@code close} may be called by different threads.
 */
final class FileSocketServer implements UnixSocketServer {
  /** How long the old owner keeps answering for a waiting one to take the path (design §9). */
  private static final Duration HAND_OVER = Duration.ofMillis(100);

  /** A removed path is back within this time (fault case 21). */
  private static final Duration PATH_LOOK = Duration.ofSeconds(1);

  private static final long LOOK_NANOS = Duration.ofMillis(2).toNanos();

  /** A stranger knows no lock: its end can only be looked for. */
  private static final Duration STRANGER_LOOK = Duration.ofMillis(250);

  /** Each state is followed by a later one only. */
  private enum State {
    /** Serves under the temporary name, which is about to change. */
    STARTED,
    /** Serves under the temporary name, which is there until the owner ends. */
    STANDING_BY,
    /** Serves under the path. */
    PUBLISHED,
    CLOSED
  }

  private final SocketSettings settings;
  private final SocketFile file;
  private final SocketLock lock;
  private final Listener listener;
  private final SocketEvents events;
  private final Ticker ticker;
  private final Standby standby;
  private final SecondName secondName;
  private boolean lost;
  private volatile State state = State.STARTED;
  private @Nullable FileMark published;

  private FileSocketServer(
      SocketSettings settings,
      SocketFile file,
      SocketLock lock,
      Listener listener,
      SocketEvents events,
      SecureRandom random,
      Ticker ticker) {
    this.settings = settings;
    this.file = file;
    this.lock = lock;
    this.listener = listener;
    this.events = events;
    this.ticker = ticker;
    this.standby = new Standby(settings, events);
    this.secondName = file.secondName(random);
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
    FileSocketServer server =
        new FileSocketServer(settings, file, lock, listener, events, random, ticker);
    try {
      file.protect();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  // In between, the name is about to change: whoever connected to it might find nothing there.
  @Override
  public Optional<String> reachableAt() {
    return switch (state) {
      case STARTED, CLOSED -> Optional.empty();
      case STANDING_BY -> Optional.of(file.temporary().toString());
      case PUBLISHED -> Optional.of(file.path().toString());
    };
  }

  @Override
  public boolean publish() throws IOException {
    try {
      takeLock();
      takePath();
    } catch (IOException e) {
      // close() closes the lock file under a thread that waits for it.
      if (state != State.CLOSED) {
        throw FileTrouble.explained(e);
      }
    }
    return state == State.PUBLISHED;
  }

  private void takeLock() throws IOException {
    if (!lock.tryTake()) {
      standBy(lock.owner().map(pid -> "another Bulla (pid " + pid + ")").orElse("another Bulla"));
      lock.take();
    }
  }

  private void takePath() throws IOException {
    boolean ended = false;
    while (!ended && !tryPublish()) {
      standBy("another program, not Bulla,");
      ended = standby.pause(STRANGER_LOOK);
    }
  }

  private void standBy(String owner) throws IOException {
    standby.enter(owner);
    advance(State.STANDING_BY);
  }

  private synchronized boolean advance(State next) {
    boolean later = next.compareTo(state) > 0;
    if (later) {
      state = next;
    }
    return later;
  }

  // One step for close(), which finds either nothing published or all of it.
  private synchronized boolean tryPublish() throws IOException {
    if (state == State.CLOSED) {
      return true;
    }
    if (file.occupant(lock) == SocketFile.Occupant.STRANGER) {
      return false;
    }
    published = file.publish();
    state = State.PUBLISHED;
    record(published);
    events.published(settings.address().endpoint());
    file.sweep();
    return true;
  }

  @Override
  public void keep() throws IOException {
    do {
      tryLook();
    } while (!standby.pause(PATH_LOOK));
  }

  private void tryLook() {
    try {
      lookOrLose();
    } catch (RuntimeException | LinkageError e) {
      // It must not end a plugin that serves. Nor may a class that cannot be loaded, as when the
      // program's file was replaced while it ran.
      events.defect(e);
    }
  }

  private void lookOrLose() {
    try {
      look();
    } catch (IOException e) {
      lost(String.valueOf(FileTrouble.explained(e).getMessage()));
    }
  }

  // One step for close(), as in tryPublish: the path is ours for as long as this looks.
  private synchronized void look() throws IOException {
    FileMark mark = published;
    if (state != State.PUBLISHED || mark == null) {
      return;
    }
    switch (secondName.look(mark)) {
      case OURS -> found(lost);
      case PUT_BACK -> found(true);
      case GONE -> lost("somebody removed the socket and its second name");
      case OTHER -> lost("another file lies at the path");
    }
    rerecord(mark);
  }

  // A new name of the socket changes its inode, which the next owner compares with the record.
  private synchronized void rerecord(FileMark before) throws IOException {
    Optional<FileMark> now = FileMark.of(file.path()).filter(m -> m.inode() == before.inode());
    if (now.isPresent() && now.get().changedNanos() != before.changedNanos()) {
      published = now.get();
      record(now.get());
    }
  }

  private void found(boolean again) {
    lost = false;
    if (again) {
      events.pathRestored(settings.address().endpoint());
    }
  }

  private synchronized void lost(String why) {
    if (!lost) {
      lost = true;
      events.pathLost(settings.address().endpoint(), why);
    }
  }

  private void record(FileMark mark) {
    try {
      lock.record(mark);
    } catch (IOException e) {
      // A full disk must not end a plugin that serves.
      events.notRecorded(FileTrouble.explained(e));
    }
  }

  @Override
  public void close() {
    if (!advance(State.CLOSED)) {
      return;
    }
    standby.end();
    try (SocketLock held = lock) {
      letGo(held);
    } catch (IOException e) {
      // Only the hand-over is lost: the kernel frees the lock, the next owner finds a dead socket.
      events.notLetGo(FileTrouble.explained(e));
    } finally {
      listener.close();
    }
  }

  private void letGo(SocketLock held) throws IOException {
    FileMark mark = mark();
    if (mark == null) {
      var _ = Files.deleteIfExists(file.temporary());
      return;
    }
    secondName.remove();
    // Without its second name the inode has changed: whoever waits must find it recorded as it is.
    rerecord(mark);
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

  private synchronized @Nullable FileMark mark() {
    return published;
  }
}
