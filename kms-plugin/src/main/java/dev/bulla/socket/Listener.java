// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.ProcessUid;
import dev.bulla.service.Peer;
import dev.bulla.time.Ticker;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The gRPC server on one Unix socket address: one event loop, calls handled on it. Thread-safe. */
final class Listener {
  /** Largest message: the API server's largest legal one has about 35 KB. */
  static final int MAX_MESSAGE_BYTES = 64 * 1_024;

  private static final int MAX_METADATA_BYTES = 8 * 1_024;
  private static final int MAX_CALLS_PER_CONNECTION = 256;
  private static final int MAX_RESETS = 400;
  private static final int RESET_WINDOW_SECONDS = 10;
  private static final int HANDSHAKE_SECONDS = 5;
  private static final int DRAIN_MILLIS = 2_000;
  private static final int CUT_MILLIS = 500;

  private final EventLoopGroup loop;
  private final Server server;

  private Listener(EventLoopGroup loop, Server server) {
    this.loop = loop;
    this.server = server;
  }

  /**
   * Binds and serves at once. Netty unlinks whatever lies at a path: make sure that nothing does.
   */
  static Listener start(
      DomainSocketAddress address,
      List<ServerServiceDefinition> services,
      Set<Long> allowedUids,
      SocketEvents events,
      Ticker ticker)
      throws IOException {
    requireEpoll();
    PeerGate gate = new PeerGate(allowedUids, self(), ticker, events);
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bulla-loop"), EpollIoHandler.newFactory());
    try {
      return new Listener(loop, builder(address, loop, gate).addServices(services).build().start());
    } catch (IOException | RuntimeException e) {
      // The loop's thread is no daemon: left alone, it would keep a failed process alive.
      var _ = loop.shutdownGracefully(0, CUT_MILLIS, TimeUnit.MILLISECONDS);
      throw e;
    }
  }

  private static NettyServerBuilder builder(
      DomainSocketAddress address, EventLoopGroup loop, PeerGate gate) {
    return NettyServerBuilder.forAddress(address, PeerNegotiator.credentials())
        .channelFactory(() -> gated(gate))
        .bossEventLoopGroup(loop)
        .workerEventLoopGroup(loop)
        .directExecutor()
        // gRPC would set it on each connection, and Netty would warn each time: sockets lack it.
        .withChildOption(ChannelOption.SO_KEEPALIVE, null)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
        .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .permitKeepAliveTime(1, TimeUnit.SECONDS);
  }

  private static EpollServerDomainSocketChannel gated(PeerGate gate) {
    EpollServerDomainSocketChannel channel = new EpollServerDomainSocketChannel();
    channel.pipeline().addFirst(gate);
    return channel;
  }

  /** Checks that this process can serve at all. */
  static void requireEpoll() throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException(
          "Netty's native epoll library does not load: give the process a writable temporary folder"
              + " that is not mounted noexec, or unpack the library and name its folder with"
              + " -Djava.library.path",
          Epoll.unavailabilityCause());
    }
  }

  private static Peer self() {
    return new Peer(ProcessUid.own(), (int) ProcessHandle.current().pid());
  }

  /** Stops accepting, lets calls finish for 2 s, cuts what is left, frees the loop. */
  void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        var _ = server.awaitTermination(CUT_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    var _ =
        loop.shutdownGracefully(0, CUT_MILLIS, TimeUnit.MILLISECONDS)
            .awaitUninterruptibly(CUT_MILLIS);
  }
}
