// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import dev.bulla.events.PluginEvents;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Metrics and probes over HTTP, on an event loop of its own: {@code /metrics}, {@code /livez},
 * {@code /readyz}. A port that cannot be had is told once and tried again; nothing here ever stops
 * the plugin. Connections, their time and the size of a request are bounded. Thread-safe.
 */
public final class OpsServer implements AutoCloseable {
  /** Pause between attempts to take the port. */
  static final Duration RETRY = Duration.ofSeconds(1);

  private static final int MAX_REQUEST_LINE_BYTES = 1_024;
  private static final int MAX_HEADER_BYTES = 8 * 1_024;
  private static final int BACKLOG = 128;
  private static final long END_MILLIS = 500;

  private final InetSocketAddress address;
  private final Pages pages;
  private final PluginEvents events;
  private final EventLoopGroup loop;
  private final Crowd crowd = new Crowd();
  private volatile boolean ended;
  // Belongs to the loop.
  private boolean told;

  private OpsServer(
      InetSocketAddress address, Pages pages, PluginEvents events, EventLoopGroup loop) {
    this.address = address;
    this.pages = pages;
    this.events = events;
    this.loop = loop;
  }

  /**
   * Begins to take the port, in the background.
   *
   * @param facts asked on the port's own thread; must not block
   * @param events told whether the port answers, and of defects
   */
  public static OpsServer start(
      InetSocketAddress address, Supplier<Facts> facts, Counts counts, PluginEvents events) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bulla-ops", true), EpollIoHandler.newFactory());
    OpsServer server = new OpsServer(address, new Pages(facts, counts), events, loop);
    loop.execute(server::bind);
    return server;
  }

  private void bind() {
    if (ended) {
      return;
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            // Its few bytes need no pool, which would take megabytes.
            .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    var _ = bootstrap.bind(address).addListener((ChannelFuture bound) -> bound(bound));
  }

  private void accept(Channel channel) {
    crowd.entered(channel);
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES);
    channel.pipeline().addLast(new HttpServerCodec(limits), new OpsHandler(pages, events));
  }

  private void bound(ChannelFuture bound) {
    if (bound.isSuccess()) {
      told = false;
      events.opsServing(text());
      var _ = bound.channel().closeFuture().addListener(_ -> bind());
    } else if (!ended) {
      if (!told) {
        told = true;
        events.opsUnavailable(text(), String.valueOf(bound.cause().getMessage()));
      }
      var _ = loop.schedule(this::bind, RETRY.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private String text() {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Lets go of the port and of every connection. May be called again. */
  @Override
  public void close() {
    ended = true;
    var _ =
        loop.shutdownGracefully(0, END_MILLIS, TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(END_MILLIS);
  }
}
