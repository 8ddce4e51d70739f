// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;

/** What the socket tells whoever logs and counts. Methods must not block or throw. */
public interface SocketEvents {
  /**
   * The address is taken; this instance waits for it. Told once.
   *
   * @param owner who has it, as the subject of a sentence, with its pid where that is known
   */
  void waiting(String endpoint, String owner);

  /** The address is ours: clients reach this instance from now on. */
  void published(String endpoint);

  /** A connection was closed before it was read; told for each, on the event loop. */
  default void connectionRejected() {}

  /** Connections were closed before they were read; told at most once a second. */
  void peerRejected(long uid, String why, long rejectedSoFar);

  /**
   * The lock file does not say which socket is ours. Clients are not affected; after an orderly end
   * the next instance takes the path some 300 ms later than it could.
   */
  void notRecorded(IOException why);

  /** Somebody had removed the socket from its path; it is there again, and was never closed. */
  void pathRestored(String endpoint);

  /**
   * Clients that connect anew do not find this instance, which goes on for those that are
   * connected. Told once, until the path is back.
   */
  void pathLost(String endpoint, String why);

  /** The path could not be let go in order; the next instance takes it all the same. */
  void notLetGo(IOException why);

  /** A look at the path ended with what it must not; the next one is taken all the same. */
  void defect(Throwable what);
}
