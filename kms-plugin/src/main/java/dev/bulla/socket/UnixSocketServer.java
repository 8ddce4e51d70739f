// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.util.Optional;

/**
 * The server on its socket. On a socket file it serves under a temporary name from the start, so
 * that it can be warmed up while another instance owns the address; clients reach it once it is
 * {@linkplain #publish published}. Thread-safe.
 */
public sealed interface UnixSocketServer extends AutoCloseable
    permits FileSocketServer, AbstractSocketServer {

  /** Returns where this process reaches itself: published, or standing by; empty before either. */
  Optional<String> reachableAt();

  /**
   * Takes the address: at once if it is free, otherwise as {@link SocketSettings.WhenBusy} says.
   * Blocks while it waits; {@link #close()} by another thread ends that, and so does an interrupt.
   * Call it once.
   *
   * @return whether the address is ours; false if the server was closed instead
   * @throws IOException if the address is busy and must not be waited for, or cannot be taken at
   *     all; the message says what to do. The server must still be closed.
   */
  boolean publish() throws IOException;

  /**
   * Looks after the address until {@link #close()} by another thread: a socket that somebody
   * removed from its path is put back within a second. Call it after {@link #publish()}.
   *
   * @throws IOException if it was interrupted
   */
  void keep() throws IOException;

  /**
   * Lets the address go, to a waiting instance without a gap, and ends: calls under way finish
   * within 2 s. May be called again.
   */
  @Override
  void close();
}
