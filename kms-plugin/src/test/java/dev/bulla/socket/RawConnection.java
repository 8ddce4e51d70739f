// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a client sees that speaks no more than the first bytes of HTTP/2. */
final class RawConnection {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** An empty SETTINGS frame. */
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private RawConnection() {}

  static SocketChannel open(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    var _ = channel.connect(UnixDomainSocketAddress.of(path));
    return channel;
  }

  /** Says hello and returns whether one byte comes back; if not, the connection has ended. */
  static boolean isServed(SocketChannel channel) {
    try {
      var _ = channel.write(ByteBuffer.wrap(PREFACE.getBytes(StandardCharsets.US_ASCII)));
      var _ = channel.write(ByteBuffer.wrap(SETTINGS));
      return channel.read(ByteBuffer.allocate(1)) == 1;
    } catch (IOException _) {
      // Broken pipe, or reset: closed before it was read.
      return false;
    }
  }
}
