// SPDX-License-Identifier: Apache-2.0
package dev.bulla.systemd;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A datagram socket as systemd has one. */
final class NotifyReceiver implements AutoCloseable {
  static final NotifyReceiver NONE = new NotifyReceiver(Optional.empty());

  private static final int MOST_BYTES = 4_096;

  private final Optional<Socket> socket;

  private NotifyReceiver(Optional<Socket> socket) {
    this.socket = socket;
  }

  /** Listens at a path, or at a zero character and an abstract name. */
  static NotifyReceiver at(String address) throws IOException {
    Epoll.ensureAvailability();
    Socket socket = Socket.newSocketDomainDgram();
    socket.bind(new DomainSocketAddress(address));
    return new NotifyReceiver(Optional.of(socket));
  }

  /** Returns the next message, if there is one. */
  Optional<String> poll() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_BYTES);
    var from = socket.orElseThrow().recvFromDomainSocket(buffer, 0, MOST_BYTES);
    if (from == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[from.receivedAmount()];
    var _ = buffer.get(0, bytes);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Waits for the next message. */
  String next() throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Optional<String> message = poll();
    while (message.isEmpty() && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
      message = poll();
    }
    return message.orElse("nothing");
  }

  void drain() throws IOException {
    Optional<String> message = poll();
    while (message.isPresent()) {
      message = poll();
    }
  }

  @Override
  public void close() throws IOException {
    if (socket.isPresent()) {
      socket.get().close();
    }
  }
}
