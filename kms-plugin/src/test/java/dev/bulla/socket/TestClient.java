// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One connection to a socket. Its calls do not wait for a socket that refuses: they fail. */
final class TestClient implements AutoCloseable {
  private static final int SECONDS = 10;

  private final EventLoopGroup loop;
  private final ManagedChannel channel;

  TestClient(String socket) {
    loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("test-client", true), EpollIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(loop)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .usePlaintext()
            .overrideAuthority("localhost")
            .build();
  }

  TestClient(Path socket) {
    this(socket.toString());
  }

  /** Asks the instance at {@code socket}, over a connection of its own, for its name. */
  static String nameAt(Path socket) {
    try (TestClient client = new TestClient(socket)) {
      return client.name();
    }
  }

  ManagedChannel channel() {
    return channel;
  }

  String name() {
    return stub().status(StatusRequest.getDefaultInstance()).getKeyId();
  }

  KeyManagementServiceGrpc.KeyManagementServiceBlockingStub stub() {
    return KeyManagementServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  KeyManagementServiceGrpc.KeyManagementServiceFutureStub future() {
    return KeyManagementServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    var _ = channel.shutdownNow();
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }
}
