// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.service.Peer;
import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.AsciiString;
import java.io.IOException;

/**
 * gRPC's plaintext negotiation, with the peer added to the transport's attributes: gRPC itself
 * knows no peer of a Unix socket; and with flushes joined. The only class that uses gRPC's Internal
 * classes; {@code PeerNegotiatorTest} pins what it needs of them.
 */
final class PeerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  /**
   * A kube-apiserver sends a ping with each call, and Netty would flush its answer alone, just
   * before gRPC flushes that of the call: two system calls, and the client woken twice. Flushes
   * wait until the loop has done what it read, or until there are so many (Netty's default).
   */
  private static final int FLUSHES = FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES;

  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.serverPlaintext();

  static ServerCredentials credentials() {
    return InternalNettyServerCredentials.create(new PeerNegotiator());
  }

  static Peer peer(EpollDomainSocketChannel channel) throws IOException {
    var credentials = channel.peerCredentials();
    return new Peer(Integer.toUnsignedLong(credentials.uid()), credentials.pid());
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new PeerHandler(plaintext.newHandler(handler));
  }

  @Override
  public void close() {
    plaintext.close();
  }

  private static final class PeerHandler extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;

    PeerHandler(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof ProtocolNegotiationEvent negotiation
          && context.channel() instanceof EpollDomainSocketChannel channel) {
        Attributes attributes =
            InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                .set(Peer.ATTRIBUTE, peer(channel))
                .build();
        ChannelPipeline pipeline = context.pipeline();
        pipeline.replace(this, null, next);
        pipeline.addFirst(new FlushConsolidationHandler(FLUSHES, true));
        pipeline.fireUserEventTriggered(
            InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
      } else {
        super.userEventTriggered(context, event);
      }
    }
  }
}
