// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import com.google.protobuf.MessageLite;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
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
import java.util.ArrayList;
import java.util.List;
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

  /** Within the streams that a Bulla lets one connection have at once. */
  private static final int MOST_AT_ONCE = 100;

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
    return await(method, send(method, request), timeout);
  }

  /**
   * Makes the same call several times at once, as a server with many clients gets them.
   *
   * @param times 1 to 100
   * @return an answer to each, in the order of the calls
   * @throws IOException if one was not answered in time
   */
  public List<OwnAnswer> callAtOnce(String method, MessageLite request, int times)
      throws IOException {
    if (times < 1 || times > MOST_AT_ONCE) {
      throw new IllegalArgumentException("times must be 1 to " + MOST_AT_ONCE + ": " + times);
    }
    Deadline deadline = Deadline.after(timeout, Ticker.system());
    List<CompletableFuture<OwnAnswer>> sent = new ArrayList<>(times);
    for (int i = 0; i < times; i++) {
      sent.add(send(method, request));
    }
    List<OwnAnswer> answers = new ArrayList<>(times);
    for (CompletableFuture<OwnAnswer> each : sent) {
      answers.add(await(method, each, deadline.remaining()));
    }
    return answers;
  }

  private CompletableFuture<OwnAnswer> send(String method, MessageLite request) {
    CompletableFuture<OwnAnswer> answer = new CompletableFuture<>();
    ByteBuf message = message(request);
    channel.eventLoop().execute(() -> calls.send(headers(method, timeout), message, answer));
    return answer;
  }

  private static OwnAnswer await(
      String method, CompletableFuture<OwnAnswer> answer, Duration longest) throws IOException {
    try {
      return answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
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
