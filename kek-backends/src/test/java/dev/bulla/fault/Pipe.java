// SPDX-License-Identifier: Apache-2.0
package dev.bulla.fault;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One direction of a connection: a reader that stamps what comes, and a writer that sends it. */
final class Pipe {
  private static final int CHUNK_BYTES = 16 * 1024;

  /** Chunks on their way at most: 4 MB, so that a delay does not throttle. */
  private static final int CHUNKS = 256;

  /** Towards the target, or back. */
  enum Way {
    UP,
    DOWN
  }

  /** Bytes read at a time; empty at the end of the stream. */
  private record Chunk(ByteBuffer bytes, long readAtNanos) {}

  private final Link link;
  private final Way way;
  private final Socket from;
  private final Socket to;
  private final BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS);
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable NetworkFault counting;
  private long passed;

  Pipe(Link link, Way way, Socket from, Socket to) {
    this.link = link;
    this.way = way;
    this.from = from;
    this.to = to;
  }

  void start(Executor threads) {
    threads.execute(this::read);
    threads.execute(this::write);
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  private void read() {
    try {
      byte[] buffer = new byte[CHUNK_BYTES];
      int size = 0;
      while (size >= 0) {
        size = from.getInputStream().read(buffer);
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, size));
        bytes.put(0, buffer, 0, bytes.capacity());
        underWay.put(new Chunk(bytes, System.nanoTime()));
      }
    } catch (IOException _) {
      // A connection that broke breaks on the other side as well, and so ends the writer.
      link.reset();
      underWay.clear();
      var _ = underWay.offer(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      Chunk chunk = underWay.take();
      while (chunk.bytes().hasRemaining()) {
        send(chunk);
        chunk = underWay.take();
      }
      to.shutdownOutput();
    } catch (IOException _) {
      link.reset();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      link.reset();
    } finally {
      ended.countDown();
    }
  }

  private void send(Chunk chunk) throws IOException, InterruptedException {
    NetworkFault fault = link.proxy.fault();
    switch (fault) {
      case NetworkFault.Latency late -> {
        sleepUntil(chunk.readAtNanos() + late.eachWay().toNanos());
        pass(chunk.bytes(), chunk.bytes().remaining());
      }
      case NetworkFault.BlackHole _ -> link.loseBytes();
      case NetworkFault.HalfAnswer half when way == Way.DOWN ->
          passSome(chunk.bytes(), fault, half.bytes(), Duration.ZERO);
      case NetworkFault.SlowClose slow when way == Way.DOWN ->
          passSome(chunk.bytes(), fault, slow.bytes(), slow.between());
      case NetworkFault.None _,
          NetworkFault.ErrorRate _,
          NetworkFault.HalfAnswer _,
          NetworkFault.SlowClose _ ->
          pass(chunk.bytes(), chunk.bytes().remaining());
      // Reset by now, or about to be.
      case NetworkFault.Down _, NetworkFault.Reset _ -> link.reset();
    }
  }

  private void passSome(ByteBuffer bytes, NetworkFault fault, long allowed, Duration between)
      throws IOException, InterruptedException {
    if (!fault.equals(counting)) {
      counting = fault;
      passed = 0;
    }
    while (bytes.hasRemaining() && passed < allowed) {
      int size = between.isZero() ? (int) Math.min(bytes.remaining(), allowed - passed) : 1;
      Thread.sleep(between);
      pass(bytes, size);
      passed += size;
    }
    if (passed >= allowed) {
      link.end();
    }
  }

  private void pass(ByteBuffer bytes, int size) throws IOException {
    byte[] part = new byte[size];
    var _ = bytes.get(part);
    to.getOutputStream().write(part);
    (way == Way.UP ? link.proxy.bytesUp : link.proxy.bytesDown).addAndGet(size);
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    Thread.sleep(Duration.ofNanos(Math.max(0, nanos - System.nanoTime())));
  }
}
