// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A connection that writes HTTP/2 frames of any kind, in any order, and need not read answers. */
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int FRAME_HEADER = 9;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final SocketChannel channel;
  private final ByteBuffer waste = ByteBuffer.allocate(64 << 10);

  private RawHttp2(SocketChannel channel) {
    this.channel = channel;
  }

  /** How a flood ended. */
  enum End {
    /** The server closed the connection. */
    CLOSED,
    /** The server reads no more, and has said nothing. */
    STALLED,
    /** All was sent, and the connection is open. */
    SENT
  }

  /** What is sent again and again. */
  interface Frames {
    void send(RawHttp2 connection, int round) throws IOException;
  }

  /** Connects and says nothing. */
  static RawHttp2 silent(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    var _ = channel.connect(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    return new RawHttp2(channel);
  }

  /** Connects, with the preface and empty settings. */
  static RawHttp2 open(Path socket) throws IOException {
    RawHttp2 connection = silent(socket);
    connection.write(ByteBuffer.wrap(PREFACE.getBytes(StandardCharsets.US_ASCII)));
    connection.send(SETTINGS, 0, 0);
    return connection;
  }

  /** Sends frames until the rounds are over or the server has had enough. */
  End flood(int rounds, Frames frames) {
    try {
      for (int round = 0; round < rounds; round++) {
        frames.send(this, round);
      }
      return isOpen(Duration.ofMillis(500)) ? End.SENT : End.CLOSED;
    } catch (StalledException _) {
      return End.STALLED;
    } catch (IOException _) {
      return End.CLOSED;
    }
  }

  private static final class StalledException extends IOException {
    private static final long serialVersionUID = 1;
  }

  void send(int type, int flags, int stream, byte... payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    write(frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).flip());
  }

  private void write(ByteBuffer bytes) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) > 0) {
        end = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() - end > 0) {
        throw new StalledException();
      } else {
        LockSupport.parkNanos(100_000);
      }
    }
  }

  /** Reads and drops what has come; false when the server has ended the connection. */
  boolean drain() throws IOException {
    int count;
    do {
      waste.clear();
      count = channel.read(waste);
    } while (count > 0);
    return count == 0;
  }

  /** Whether the connection stays open for that long. */
  boolean isOpen(Duration time) throws IOException {
    long end = System.nanoTime() + time.toNanos();
    while (drain()) {
      if (System.nanoTime() - end > 0) {
        return true;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return false;
  }

  /** Waits for the first byte of an answer; false if the end comes first. */
  boolean isAnswered() throws IOException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() - end < 0) {
      waste.clear();
      int count = channel.read(waste);
      if (count != 0) {
        return count > 0;
      }
      LockSupport.parkNanos(20_000);
    }
    throw new IOException("neither an answer nor an end");
  }

  /** Returns the headers of a gRPC call, as literals of HPACK that no table remembers. */
  static byte[] headers(String method) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // POST, http, :path, :authority, content-type, te.
    out.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86, 0x04});
    literal(out, "/v2.KeyManagementService/" + method);
    out.write(0x01);
    literal(out, "localhost");
    out.writeBytes(new byte[] {0x0F, 0x10});
    literal(out, "application/grpc");
    out.write(0x00);
    literal(out, "te");
    literal(out, "trailers");
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, String text) {
    out.write(text.length());
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
