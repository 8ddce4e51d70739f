// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that speaks HTTP/2 itself, for what a gRPC client would not send. */
final class Http2Client implements AutoCloseable {
  private static final int FRAME_HEADER_BYTES = 5;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("http2-client", true), EpollIoHandler.newFactory());
  private final Channel connection;
  private final BlockingQueue<String> control = new LinkedBlockingQueue<>();
  private final AtomicInteger reads = new AtomicInteger();

  Http2Client(Path socket) {
    connection =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new Reads())
                        .addLast(Http2FrameCodecBuilder.forClient().validateHeaders(false).build())
                        .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                        .addLast(new ControlFrames());
                  }
                })
            .connect(new DomainSocketAddress(socket.toFile()))
            .syncUninterruptibly()
            .channel();
  }

  private final class Reads extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      reads.incrementAndGet();
      context.fireChannelRead(bytes);
    }
  }

  private final class ControlFrames extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      if (frame instanceof Http2PingFrame ping && ping.ack()) {
        control.add("pong");
      }
      if (frame instanceof Http2GoAwayFrame) {
        control.add("goaway");
      }
      ReferenceCountUtil.release(frame);
    }
  }

  /** Calls Status with this authority, or with none, and returns the gRPC status of the answer. */
  String status(Optional<String> authority) throws Exception {
    BlockingQueue<String> result = new LinkedBlockingQueue<>();
    Http2StreamChannel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext context, Object frame) {
                    if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
                      result.add(String.valueOf(headers.headers().get("grpc-status")));
                    }
                    ReferenceCountUtil.release(frame);
                  }
                })
            .open()
            .get();
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("http")
            .path("/v2.KeyManagementService/Status")
            .set("content-type", "application/grpc")
            .set("te", "trailers");
    authority.ifPresent(headers::authority);
    stream.write(new DefaultHttp2HeadersFrame(headers)).addListener(_ -> {});
    stream
        .writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[FRAME_HEADER_BYTES]), true))
        .sync();
    return String.valueOf(result.poll(10, TimeUnit.SECONDS));
  }

  /** How often something could be read so far. */
  int reads() {
    return reads.get();
  }

  /** Calls Status and sends a ping in one write, as a kube-apiserver does; returns both answers. */
  String statusAndPing() throws Exception {
    var _ = connection.write(new DefaultHttp2PingFrame(1));
    return status(Optional.of("localhost")) + " " + control.poll(10, TimeUnit.SECONDS);
  }

  /** Sends a ping and returns {@code pong} or {@code goaway}. */
  String ping() throws InterruptedException {
    connection.writeAndFlush(new DefaultHttp2PingFrame(1)).sync();
    return String.valueOf(control.poll(10, TimeUnit.SECONDS));
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }
}
