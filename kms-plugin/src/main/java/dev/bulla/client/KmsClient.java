// SPDX-License-Identifier: Apache-2.0
package dev.bulla.client;

import com.google.protobuf.ByteString;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.KeyManagementServiceGrpc;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a plugin. Its calls block, and fail with {@code
 * io.grpc.StatusRuntimeException}. Thread-safe.
 */
public final class KmsClient implements AutoCloseable {
  /** What kube-apiserver gives a plugin by default. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(3);

  private final EventLoopGroup loop;
  private final ManagedChannel channel;
  private final Duration timeout;

  private KmsClient(EventLoopGroup loop, ManagedChannel channel, Duration timeout) {
    this.loop = loop;
    this.channel = channel;
    this.timeout = timeout;
  }

  /**
   * Connects with the first call.
   *
   * @param socket path of a socket, or a zero character and an abstract name
   * @param timeout for each call
   */
  public static KmsClient connect(String socket, Duration timeout) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("bulla-client", true), EpollIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(loop)
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .usePlaintext()
            .overrideAuthority("localhost")
            .directExecutor()
            .build();
    return new KmsClient(loop, channel, timeout);
  }

  private KeyManagementServiceGrpc.KeyManagementServiceBlockingStub stub() {
    return KeyManagementServiceGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Calls Status. */
  public StatusResponse status() {
    return stub().status(StatusRequest.getDefaultInstance());
  }

  /** Calls Encrypt. */
  public EncryptResponse encrypt(byte[] plaintext) {
    return stub()
        .encrypt(EncryptRequest.newBuilder().setPlaintext(ByteString.copyFrom(plaintext)).build());
  }

  /** Calls Decrypt with what an Encrypt gave. */
  public DecryptResponse decrypt(EncryptResponse sealed) {
    return stub()
        .decrypt(
            DecryptRequest.newBuilder()
                .setCiphertext(sealed.getCiphertext())
                .setKeyId(sealed.getKeyId())
                .addAllAnnotations(sealed.getAnnotationsList())
                .build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }
}
