// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a server does while somebody else has its address: refuses, or waits. Thread-safe. */
final class Standby {
  private final SocketSettings settings;
  private final SocketEvents events;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean told = new AtomicBoolean();

  Standby(SocketSettings settings, SocketEvents events) {
    this.settings = settings;
    this.events = events;
  }

  /**
   * Tells, once, that the address is busy.
   *
   * @param owner who has it, as the subject of a sentence
   * @throws IOException if it must not be waited for
   */
  void enter(String owner) throws IOException {
    String endpoint = settings.address().endpoint();
    if (settings.whenBusy() == SocketSettings.WhenBusy.FAIL) {
      throw new IOException(
          owner + " serves on " + endpoint + "; stop it first, or set socket.whenBusy to wait");
    }
    if (told.compareAndSet(false, true)) {
      events.waiting(endpoint, owner);
    }
  }

  /** Waits for {@code pause}, or until {@link #end}: returns whether it has ended. */
  boolean pause(Duration pause) throws InterruptedIOException {
    try {
      return ended.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          "interrupted while waiting for " + settings.address().endpoint());
    }
  }

  /** Ends the waiting, for ever. */
  void end() {
    ended.countDown();
  }
}
