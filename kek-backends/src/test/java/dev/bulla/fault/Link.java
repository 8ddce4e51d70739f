// SPDX-License-Identifier: Apache-2.0
package dev.bulla.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** One connection through the proxy. */
final class Link {
  final FaultProxy proxy;
  private final Socket client;
  private final Socket server = new Socket();
  private volatile boolean lostBytes;

  Link(FaultProxy proxy, Socket client) {
    this.proxy = proxy;
    this.client = client;
  }

  /** Passes bytes until both sides are done. */
  void run(InetSocketAddress target, Executor threads) {
    try (client;
        server) {
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Pipe down = new Pipe(this, Pipe.Way.DOWN, server, client);
      down.start(threads);
      Pipe up = new Pipe(this, Pipe.Way.UP, client, server);
      up.start(threads);
      up.awaitEnd();
      down.awaitEnd();
    } catch (IOException | RejectedExecutionException _) {
      // The target is away, or the proxy is closing: the client sees a connection that ends.
      reset();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      reset();
    }
  }

  /** Notes that something was swallowed: what follows would be no continuation. */
  void loseBytes() {
    lostBytes = true;
  }

  boolean lostBytes() {
    return lostBytes;
  }

  /** Ends both sides with a RST. */
  void reset() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException _) {
        // It was closed already.
      }
    }
  }

  /** Ends both sides in order. */
  void end() {
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.close();
      } catch (IOException _) {
        // It was closed already.
      }
    }
  }
}
