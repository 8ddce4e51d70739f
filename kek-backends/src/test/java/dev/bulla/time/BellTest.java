// SPDX-License-Identifier: Apache-2.0
package dev.bulla.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BellTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Bell bell = new Bell();

  @Test
  void ring_wakesAllWhoWait() throws InterruptedException {
    long heard = bell.rings();
    Thread first = waiting(heard);
    Thread second = waiting(heard);
    while (first.getState() != Thread.State.TIMED_WAITING
        || second.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    bell.ring();
    assertThat(first.join(LONG)).isTrue();
    assertThat(second.join(LONG)).isTrue();
  }

  private Thread waiting(long heard) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                bell.await(heard, LONG);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Test
  void ringBeforeTheWait_isNotMissed() throws InterruptedException {
    long heard = bell.rings();
    bell.ring();
    bell.await(heard, LONG);
    assertThat(bell.rings()).isEqualTo(heard + 1);
  }

  @Test
  void silence_endsWithTheTime() throws InterruptedException {
    long begin = System.nanoTime();
    bell.await(bell.rings(), Duration.ofMillis(50));
    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(50_000_000);
  }

  @Test
  void noTime_isNoWait() throws InterruptedException {
    bell.await(bell.rings(), Duration.ZERO);
    bell.await(bell.rings(), Duration.ofSeconds(-1));
    assertThat(bell.rings()).isZero();
  }
}
