// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A few of each kind in a second, the rest counted, in bounded memory. */
final class FloodTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SECOND / 2);
  private final Flood<String> flood = new Flood<>(2, nanos::get);

  @Test
  void beyondTheFew_areCountedUntilTheSecondHasEnded() {
    assertThat(flood.admits("a")).isTrue();
    assertThat(flood.admits("a")).isTrue();
    assertThat(flood.admits("a")).isFalse();
    assertThat(flood.admits("b")).isTrue();
    assertThat(flood.ended()).isEmpty();
    nanos.addAndGet(SECOND);
    assertThat(flood.ended()).containsExactly(new Flood.Held<>(Optional.of("a"), 1));
    assertThat(flood.ended()).isEmpty();
    assertThat(flood.admits("a")).isTrue();
  }

  @Test
  void manyKinds_areOne() {
    for (int i = 0; i < 10_000; i++) {
      var _ = flood.admits("kind " + i);
    }
    assertThat(flood.all())
        .containsExactly(new Flood.Held<>(Optional.empty(), 10_000 - Flood.MOST_KINDS - 2));
  }

  @Test
  void countsThatNobodyFetches_areAdded() {
    for (int second = 0; second < 1_000; second++) {
      for (int i = 0; i < 100; i++) {
        var _ = flood.admits("kind " + second + " " + i / 3);
      }
      nanos.addAndGet(SECOND);
    }
    assertThat(flood.ended()).hasSizeLessThanOrEqualTo(Flood.MOST_KINDS + 1);
  }

  @Test
  void value_isPrintableAndBounded() {
    assertThat(Field.of("name", "a\n\u001b[31m\u202eb\"").value()).isEqualTo("a??[31m?b\"");
    assertThat(Field.of("name", "x".repeat(10_000)).value()).hasSize(Field.MOST_CHARACTERS);
    assertThat(JsonLine.of(List.of(Field.of("a", "q\"\\"), Field.of("n", -5))))
        .isEqualTo("{\"a\":\"q\\\"\\\\\",\"n\":-5}");
  }
}
