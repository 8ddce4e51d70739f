// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import com.google.protobuf.MessageLite;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One connection of a plugin to its own socket, made of Netty's HTTP/2 frames, which the server has
 * loaded anyway: gRPC's client would cost the start a second set of classes. It knows only what
 * such calls need; for everything else there is {@link KmsClient}. Its calls block. Thread-safe.
 */
public final class OwnClient implements AutoCloseable {
  private static final String SERVICE = "/v2.KeyManagementService/";

  /** gRPC writes a time limit in eight digits at most (gRPC over HTTP/2, Timeout). */
  private static final Duration LONGEST = Duration.ofMillis(99_999_999);

  private final EventLoopGroup loop;
  private final Channel channel;
  private final OwnCalls calls;
  private final Duration timeout;

  private OwnClient(EventLoopGroup loop, Channel channel, OwnCalls calls, Duration timeout) {
    this.loop = loop;
    this.channel = channel;
    this.calls = calls;
    this.timeout = timeout;
  }

  /**
   * Connects.
   *
   * @param socket path of a socket, or a zero character and an abstract name
   * @param timeout for the connection, and for each call: 1 ms to 27 hours
   * @throws IOException if nobody listens there
   */
  public static OwnClient connect(String socket, Duration timeout) throws IOException {
    if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout must be 1 ms to 27 hours: " + timeout);
    }
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bulla-client", true), EpollIoHandler.newFactory());
    OwnCalls calls = new OwnCalls();
    var connected =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainSocketChannel.class)
            .handler(calls)
            .connect(new DomainSocketAddress(socket));
    if (!connected.awaitUninterruptibly(timeout.toMillis()) || !connected.isSuccess()) {
      var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new IOException("not connected", connected.cause());
    }
    return new OwnClient(loop, connected.channel(), calls, timeout);
  }

  /**
   * Makes one call.
   *
   * @param method of the service, such as {@code Status}
   * @throws IOException if there was no answer in time
   */
  public OwnAnswer call(String method, MessageLite request) throws IOException {
    CompletableFuture<OwnAnswer> answer = new CompletableFuture<>();
    ByteBuf message = message(request);
    channel.eventLoop().execute(() -> calls.send(headers(method, timeout), message, answer));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(method + ": no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(method + ": interrupted", e);
    }
  }

  private static ByteBuf message(MessageLite request) {
    byte[] bytes = request.toByteArray();
    return Unpooled.buffer(OwnCalls.PREFIX_BYTES + bytes.length)
        .writeByte(0)
        .writeInt(bytes.length)
        .writeBytes(bytes);
  }

  // The time limit too, as an API server's client sends one: what the server does with it is cold
  // code otherwise.
  private static Http2Headers headers(String method, Duration timeout) {
    return new DefaultHttp2Headers(false)
        .method("POST")
        .scheme("http")
        .path(SERVICE + method)
        .authority("localhost")
        .set("content-type", "application/grpc")
        .set("te", "trailers")
        .set("grpc-timeout", timeout.toMillis() + "m");
  }

  @Override
  public void close() {
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }
}
