// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.time.Ticker;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server on a name of the abstract namespace. The kernel lets one process have the name, and
 * frees it when that one ends, so there is no file to own; there is no temporary name either.
 */
final class AbstractSocketServer implements UnixSocketServer {
  private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

  private final SocketAddressSpec.Abstract address;
  private final SocketSettings settings;
  private final List<ServerServiceDefinition> services;
  private final SocketEvents events;
  private final Ticker ticker;
  private volatile @Nullable Listener listener;
  private volatile boolean closed;

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
  }

  @Override
  public Optional<String> reachableAt() {
    return listener == null ? Optional.empty() : Optional.of("\0" + address.name());
  }

  @Override
  public void publish() throws IOException {
    boolean told = false;
    while (!tryListen()) {
      if (settings.whenBusy() == SocketSettings.WhenBusy.FAIL) {
        throw new IOException(
            address.endpoint() + " is taken; stop its owner first, or set socket.whenBusy to wait");
      }
      if (!told) {
        events.waiting(address.endpoint());
        told = true;
      }
      LockSupport.parkNanos(LOOK_NANOS);
      if (closed || Thread.interrupted()) {
        throw new IOException("interrupted while waiting for " + address.endpoint());
      }
    }
    events.published(address.endpoint());
  }

  private boolean tryListen() throws IOException {
    try {
      listener =
          Listener.start(
              new DomainSocketAddress("\0" + address.name()),
              services,
              settings.allowedUids(),
              events,
              ticker);
      return true;
    } catch (IOException e) {
      if (isBusy(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isBusy(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(failure.getMessage()).contains("Address already in use")
        || (cause != null && isBusy(cause));
  }

  @Override
  public void close() {
    closed = true;
    Listener open = listener;
    if (open != null) {
      open.close();
    }
  }
}
