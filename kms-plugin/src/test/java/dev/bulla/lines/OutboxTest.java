// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever the sink does, whoever offers is not kept, and nothing is lost without a count. */
@Timeout(60)
final class OutboxTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Writes as often as it is allowed to, and fails as often as it is told to. */
  private static final class Sink implements Outbox.Sink<String> {
    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger failures = new AtomicInteger();
    private final List<String> written = new CopyOnWriteArrayList<>();

    @Override
    public void write(String item) throws IOException {
      allowed.acquireUninterruptibly();
      if (failures.getAndDecrement() > 0) {
        throw new IOException("told to");
      }
      written.add(item);
    }

    @Override
    public void lost(long count) {
      written.add("lost " + count);
    }

    @Override
    public void idle() {}

    @Override
    public void failed(Throwable why) {
      allowed.release();
    }

    @Override
    public void end() {
      written.add("end");
    }
  }

  private final Sink sink = new Sink();

  @Test
  void blockedSink_blocksNobody_andWhatIsLostIsCountedInItsPlace() {
    Outbox<String> outbox = new Outbox<>("test", 3, sink);
    outbox.start();
    for (int i = 0; i < 1_000; i++) {
      outbox.offer("a" + i);
    }
    sink.allowed.release(3);
    outbox.flush(LONG);
    sink.allowed.release(100);
    outbox.offer("later");
    outbox.flush(LONG);
    assertThat(sink.written).containsExactly("a0", "a1", "a2", "lost 997", "later");
    outbox.close(LONG);
    assertThat(sink.written).last().isEqualTo("end");
  }

  @Test
  void failedWrite_isTriedAgain() {
    Outbox<String> outbox = new Outbox<>("test", 3, sink);
    sink.failures.set(1);
    sink.allowed.release(2);
    outbox.start();
    outbox.offer("a");
    outbox.offer("b");
    outbox.flush(LONG);
    assertThat(sink.written).containsExactly("a", "b");
    outbox.close();
  }

  /** Throws what no sink should, for some items and once when idle. */
  private static final class BrokenSink implements Outbox.Sink<String> {
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final List<Throwable> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger idle = new AtomicInteger();

    @Override
    public void write(String item) {
      if (item.startsWith("state")) {
        throw new IllegalStateException(item);
      } else if (item.startsWith("class")) {
        throw new NoClassDefFoundError(item);
      }
      written.add(item);
    }

    @Override
    public void lost(long count) {
      written.add("lost " + count);
    }

    @Override
    public void idle() {
      if (idle.getAndIncrement() == 0) {
        throw new NoClassDefFoundError("idle");
      }
    }

    @Override
    public void failed(Throwable why) {
      told.add(why);
    }

    @Override
    public void end() {}
  }

  @Test
  void defect_costsWhatItHit_whichIsCountedInItsPlace_andNothingElse() {
    BrokenSink broken = new BrokenSink();
    Outbox<String> outbox = new Outbox<>("test", 9, broken);
    List.of("a", "state", "class", "b").forEach(outbox::offer);
    outbox.start();
    outbox.flush(LONG);
    assertThat(broken.written).containsExactly("a", "lost 1", "lost 1", "b");
    assertThat(broken.told)
        .extracting(Throwable::getMessage)
        .containsExactly("state", "class", "idle");
    outbox.offer("after idle");
    outbox.flush(LONG);
    assertThat(broken.written).last().isEqualTo("after idle");
    outbox.close();
  }

  @Test
  void defect_beforeALoss_isCountedWithIt() {
    BrokenSink broken = new BrokenSink();
    Outbox<String> outbox = new Outbox<>("test", 1, broken);
    List.of("state", "lost", "lost").forEach(outbox::offer);
    outbox.start();
    outbox.flush(LONG);
    assertThat(broken.written).containsExactly("lost 3");
    outbox.close();
  }

  @Test
  void close_ofABlockedOutbox_returnsInTime() {
    Outbox<String> outbox = new Outbox<>("test", 3, sink);
    outbox.start();
    outbox.offer("a");
    outbox.close(Duration.ofMillis(50));
    assertThat(sink.written).isEmpty();
    sink.allowed.release();
  }

  @Test
  void close_ofOneThatNeverStarted_writesNothing() {
    Outbox<String> outbox = new Outbox<>("test", 3, sink);
    outbox.offer("a");
    outbox.close();
    outbox.start();
    assertThat(sink.written).isEmpty();
  }
}
