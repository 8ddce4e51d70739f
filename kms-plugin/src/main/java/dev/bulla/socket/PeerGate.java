// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.service.Peer;
import dev.bulla.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands at the listening socket: a connection of a uid that is not allowed, or one too many, is
 * closed before a byte of it is read. Runs on the one event loop.
 */
@ChannelHandler.Sharable
final class PeerGate extends ChannelInboundHandlerAdapter {
  /**
   * Most connections at once. An API server holds one for each provider entry, two while it
   * reloads; 64 of them at once must work (kms-v2 contract, R40).
   */
  static final int MAX_CONNECTIONS = 128;

  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private final Set<Long> allowedUids;
  private final Peer self;
  private final Ticker ticker;
  private final SocketEvents events;
  private final AtomicInteger connections = new AtomicInteger();
  private long rejected;
  private long lastToldNanos;

  PeerGate(Set<Long> allowedUids, Peer self, Ticker ticker, SocketEvents events) {
    this.allowedUids = allowedUids;
    this.self = self;
    this.ticker = ticker;
    this.events = events;
    this.lastToldNanos = ticker.nanos() - QUIET_NANOS;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) throws Exception {
    if (accepted instanceof EpollDomainSocketChannel child && !admits(child)) {
      child.unsafe().closeForcibly();
      return;
    }
    super.channelRead(context, accepted);
  }

  private boolean admits(EpollDomainSocketChannel child) {
    Peer peer;
    try {
      peer = PeerNegotiator.peer(child);
    } catch (IOException _) {
      return reject(new Peer(Peer.UNKNOWN_UID, 0), "its credentials cannot be read");
    }
    if (!peer.isSameProcess(self) && !allowedUids.contains(peer.uid())) {
      return reject(peer, "its uid is not in socket.allowedUids");
    }
    if (connections.get() >= MAX_CONNECTIONS) {
      return reject(peer, "there are " + MAX_CONNECTIONS + " connections already");
    }
    count(child);
    return true;
  }

  private void count(Channel child) {
    connections.incrementAndGet();
    var _ = child.closeFuture().addListener(_ -> connections.decrementAndGet());
  }

  private boolean reject(Peer peer, String why) {
    rejected++;
    events.connectionRejected();
    long now = ticker.nanos();
    if (now - lastToldNanos >= QUIET_NANOS) {
      lastToldNanos = now;
      events.peerRejected(peer.uid(), why, rejected);
    }
    return false;
  }
}
