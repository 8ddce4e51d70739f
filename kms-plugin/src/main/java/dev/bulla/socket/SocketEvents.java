// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;

/** What the socket tells whoever logs and counts. Methods must not block or throw. */
public interface SocketEvents {
  /** Another instance owns the address; this one waits for its end. */
  void waiting(String endpoint);

  /** The address is ours: clients reach this instance from now on. */
  void published(String endpoint);

  /** A connection was closed before it was read; told at most once a second. */
  void peerRejected(long uid, String why, long rejectedSoFar);

  /** The path could not be let go in order; the next instance takes it all the same. */
  void notLetGo(IOException why);
}
