// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.time.Ticker;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server on a name of the abstract namespace. The kernel lets one process have the name, and
 * frees it when that one ends, so there is no file to own; there is no temporary name either, so
 * that a waiting instance cannot be called before its turn.
 */
final class AbstractSocketServer implements UnixSocketServer {
  /** A connect that finds no listener is tried again by the API server after a second or more. */
  private static final Duration LOOK = Duration.ofMillis(20);

  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /** Address already in use; the same number on every architecture that Linux and Java share. */
  private static final int EADDRINUSE = 98;

  private final SocketAddressSpec.Abstract address;
  private final SocketSettings settings;
  private final List<ServerServiceDefinition> services;
  private final SocketEvents events;
  private final Ticker ticker;
  private final Standby standby;
  private volatile @Nullable Listener listener;
  private boolean closed;

  AbstractSocketServer(
      SocketAddressSpec.Abstract address,
      SocketSettings settings,
      List<ServerServiceDefinition> services,
      SocketEvents events,
      Ticker ticker) {
    this.address = address;
    this.settings = settings;
    this.services = List.copyOf(services);
    this.events = events;
    this.ticker = ticker;
    this.standby = new Standby(settings, events);
  }

  @Override
  public Optional<String> reachableAt() {
    return listener == null ? Optional.empty() : Optional.of("\0" + address.name());
  }

  @Override
  public boolean publish() throws IOException {
    Listener.requireEpoll();
    boolean ended = false;
    while (!ended && !tryListen()) {
      standby.enter("another process");
      ended = standby.pause(LOOK);
    }
    if (listener != null) {
      events.published(address.endpoint());
    }
    return listener != null;
  }

  private synchronized boolean tryListen() throws IOException {
    if (closed || !isFree()) {
      return closed;
    }
    try {
      listener = Listener.start(socketAddress(), services, settings.allowedUids(), events, ticker);
      return true;
    } catch (IOException e) {
      // Another waiting instance may have been quicker by this much.
      if (isFree()) {
        throw e;
      }
      return false;
    }
  }

  private DomainSocketAddress socketAddress() {
    return new DomainSocketAddress("\0" + address.name());
  }

  // A bare bind: starting a server for each look would start a thread each time.
  private boolean isFree() throws IOException {
    Socket probe = Socket.newSocketDomain();
    try {
      probe.bind(socketAddress());
      return true;
    } catch (Errors.NativeIoException e) {
      if (e.expectedErr() == -EADDRINUSE) {
        return false;
      }
      throw e;
    } finally {
      probe.close();
    }
  }

  // No file, nothing to remove.
  @Override
  public void keep() throws IOException {
    var _ = standby.pause(FOREVER);
  }

  @Override
  public void close() {
    standby.end();
    Listener open;
    synchronized (this) {
      closed = true;
      open = listener;
      listener = null;
    }
    if (open != null) {
      open.close();
    }
  }
}
