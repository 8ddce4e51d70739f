// SPDX-License-Identifier: Apache-2.0
package dev.bulla.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a loopback port, whose faults are switched while it runs. It passes bytes only, so
 * TLS goes through it. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
  private final InetSocketAddress target;
  private final int port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicLong connections = new AtomicLong();
  final AtomicLong bytesUp = new AtomicLong();
  final AtomicLong bytesDown = new AtomicLong();
  private volatile NetworkFault fault = new NetworkFault.None();
  private Random random = new Random(0);
  private @Nullable ServerSocket listener;
  private CompletableFuture<Void> accepting;
  private boolean closed;

  private FaultProxy(InetSocketAddress target, ServerSocket listener) {
    this.target = target;
    this.listener = listener;
    this.port = listener.getLocalPort();
    this.accepting = CompletableFuture.runAsync(() -> accept(listener), threads);
  }

  /** Starts without a fault, in front of a host and port. */
  public static FaultProxy start(String host, int port) throws IOException {
    return new FaultProxy(new InetSocketAddress(host, port), listen(0));
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 128);
    return listener;
  }

  /** The port on 127.0.0.1; it stays the same. */
  public int port() {
    return port;
  }

  /** Connections taken so far; refused ones are not seen. */
  public long connections() {
    return connections.get();
  }

  /** Bytes handed on to the target. */
  public long bytesUp() {
    return bytesUp.get();
  }

  /** Bytes handed back. */
  public long bytesDown() {
    return bytesDown.get();
  }

  NetworkFault fault() {
    return fault;
  }

  /**
   * Ends the fault of the moment and begins this one; both are done when this returns.
   *
   * @throws IOException if the port cannot be listened on again
   */
  public synchronized void set(NetworkFault next) throws IOException {
    if (closed) {
      throw new IOException("the proxy is closed");
    }
    fault = next;
    links.stream().filter(Link::lostBytes).forEach(Link::reset);
    switch (next) {
      case NetworkFault.Down _ -> {
        stopListening();
        links.forEach(Link::reset);
      }
      case NetworkFault.Reset _ -> links.forEach(Link::reset);
      case NetworkFault.ErrorRate rate -> random = new Random(rate.seed());
      case NetworkFault.None _,
          NetworkFault.Latency _,
          NetworkFault.BlackHole _,
          NetworkFault.SlowClose _,
          NetworkFault.HalfAnswer _ -> {}
    }
    if (!(next instanceof NetworkFault.Down) && listener == null) {
      ServerSocket again = listen(port);
      listener = again;
      accepting = CompletableFuture.runAsync(() -> accept(again), threads);
    }
  }

  private void stopListening() throws IOException {
    if (listener != null) {
      listener.close();
      // Until an accept under way has returned, the kernel goes on listening.
      accepting.join();
      listener = null;
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket client = from.accept();
        connections.incrementAndGet();
        threads.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException _) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    Link link = new Link(this, client);
    if (!admitted(link)) {
      link.reset();
      return;
    }
    try {
      link.run(target, threads);
    } finally {
      links.remove(link);
    }
  }

  // Under the same lock as a change of faults: no connection slips through one.
  private synchronized boolean admitted(Link link) {
    boolean refused =
        switch (fault) {
          case NetworkFault.Down _, NetworkFault.Reset _ -> true;
          case NetworkFault.ErrorRate rate -> random.nextDouble() < rate.probability();
          case NetworkFault.None _,
              NetworkFault.Latency _,
              NetworkFault.BlackHole _,
              NetworkFault.SlowClose _,
              NetworkFault.HalfAnswer _ ->
              false;
        };
    return !closed && !refused && links.add(link);
  }

  /** Ends all connections and threads. May be called again. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      stopListening();
    }
    links.forEach(Link::reset);
    threads.shutdownNow();
    threads.close();
  }
}
