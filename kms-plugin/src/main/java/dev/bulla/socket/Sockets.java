// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.FileTrouble;
import dev.bulla.time.Ticker;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.epoll.Epoll;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;

/** Starts a server for an address of either kind. */
public final class Sockets {
  private Sockets() {}

  /** Loads what serving needs, if it can be loaded: {@link #start} says what is missing. */
  public static void prepare() {
    // What Netty would choose in the end, after it has looked for three other libraries.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    var _ = Epoll.isAvailable();
  }

  /**
   * Starts to serve {@code services}, not yet under the address: see {@link
   * UnixSocketServer#publish()}.
   *
   * @throws IOException if it cannot listen; the message says what to do
   */
  public static UnixSocketServer start(
      SocketSettings settings,
      List<ServerServiceDefinition> services,
      SocketEvents events,
      SecureRandom random,
      Ticker ticker)
      throws IOException {
    try {
      // No switch over types: its code is made at each start.
      if (settings.address() instanceof SocketAddressSpec.File file) {
        return FileSocketServer.start(file, settings, services, events, random, ticker);
      }
      var name = (SocketAddressSpec.Abstract) settings.address();
      return new AbstractSocketServer(name, settings, services, events, ticker);
    } catch (IOException e) {
      throw FileTrouble.explained(e);
    }
  }
}
