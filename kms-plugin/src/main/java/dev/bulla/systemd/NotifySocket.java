// SPDX-License-Identifier: Apache-2.0
package dev.bulla.systemd;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * systemd's datagram socket. The JDK has no Unix datagrams; the socket that Netty brings anyway has
 * them. Never blocks: what the receiver has no room for is not sent. Not thread-safe.
 */
final class NotifySocket {
  /** Longest address: sun_path of Linux. */
  private static final int MOST_ADDRESS_BYTES = 108;

  private static final int MOST_BYTES = 1_024;

  private final byte[] address;

  private NotifySocket(byte[] address) {
    this.address = address;
  }

  /** Returns the socket that {@code NOTIFY_SOCKET} names; empty if that is no such name. */
  static Optional<NotifySocket> named(String name) {
    byte[] address = name.getBytes(StandardCharsets.UTF_8);
    if (address.length < 2 || address.length > MOST_ADDRESS_BYTES) {
      return Optional.empty();
    }
    if (address[0] == '@') {
      // The abstract namespace.
      address[0] = 0;
    }
    return address[0] == 0 || address[0] == '/'
        ? Optional.of(new NotifySocket(address))
        : Optional.empty();
  }

  /** Sends a message of at most 1,024 bytes. A socket for each: they are minutes apart. */
  void send(String message) throws IOException {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("a message of " + bytes.length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    Socket socket = Socket.newSocketDomainDgram();
    try {
      var _ = socket.sendToDomainSocket(buffer, 0, bytes.length, address);
    } finally {
      socket.close();
    }
  }
}
