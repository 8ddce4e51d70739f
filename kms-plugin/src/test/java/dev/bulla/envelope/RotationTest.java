// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When which version is in use: the same on every node, never back, never on one answer alone. */
final class RotationTest {
  private static final Duration DELAY = Duration.ofMinutes(5);
  private static final Instant T = Instant.ofEpochSecond(1_800_000_000);

  private static KekVersion v(int number) {
    return new KekVersion(Bytes.copyFrom(new byte[] {(byte) number}));
  }

  /** Versions 1 to n, made at the given minutes, newest first. */
  private static List<DatedVersion> made(int... minutes) {
    List<DatedVersion> versions = new ArrayList<>();
    for (int i = 0; i < minutes.length; i++) {
      versions.addFirst(new DatedVersion(v(i + 1), Optional.of(minute(minutes[i]))));
    }
    return versions;
  }

  private static List<DatedVersion> undated(int... numbers) {
    List<DatedVersion> versions = new ArrayList<>();
    for (int number : numbers) {
      versions.addFirst(new DatedVersion(v(number), Optional.empty()));
    }
    return versions;
  }

  private static Instant minute(int minute) {
    return T.plus(Duration.ofMinutes(minute));
  }

  private static Rotation started(List<DatedVersion> versions, int minute) {
    Rotation seen = Rotation.begin(DELAY).observed(versions, minute(minute));
    return seen.adopted(seen.wanted(minute(minute)).orElseThrow());
  }

  private static int wanted(Rotation rotation, Instant at) {
    return rotation.wanted(at).orElseThrow().value().toByteArray()[0];
  }

  @Test
  void start_findsTheNewestWhoseInstantHasPassed() {
    assertThat(wanted(started(made(0), 100), minute(100))).isEqualTo(1);
    assertThat(wanted(started(made(0, 50), 100), minute(100))).isEqualTo(2);
    assertThat(wanted(started(made(0, 97), 100), minute(100))).isEqualTo(1);
    assertThat(wanted(started(made(0, 96, 98), 100), minute(100))).isEqualTo(1);
    assertThat(wanted(started(made(0, 94, 98), 100), minute(100))).isEqualTo(2);
    assertThat(wanted(started(made(99), 100), minute(100))).as("nothing older").isEqualTo(1);
    assertThat(wanted(started(undated(1, 2), 100), minute(100))).as("no dates").isEqualTo(2);
  }

  @Test
  void promotion_isAtCreationPlusDelay_toTheSecond() {
    Rotation rotation = started(made(0), 100);
    rotation = rotation.observed(made(0, 101), minute(101)).observed(made(0, 101), minute(102));
    assertThat(wanted(rotation, minute(106).minusSeconds(1))).isEqualTo(1);
    assertThat(wanted(rotation, minute(106))).isEqualTo(2);
  }

  @Test
  void promotion_needsTwoObservations() {
    Rotation rotation = started(made(0), 100).observed(made(0, 101), minute(102));
    assertThat(wanted(rotation, minute(110))).isEqualTo(1);
    assertThat(wanted(rotation.observed(made(0, 101), minute(110)), minute(110))).isEqualTo(2);
  }

  @Test
  void isSettled_unlessANewVersionWasSeenOnce() {
    Rotation rotation = started(made(0, 50), 100);
    assertThat(rotation.isSettled()).isTrue();
    rotation = rotation.observed(made(0, 50, 101), minute(102));
    assertThat(rotation.isSettled()).isFalse();
    assertThat(rotation.observed(made(0, 50), minute(102)).isSettled()).isFalse();
    assertThat(rotation.observed(made(0, 50, 101), minute(102)).isSettled()).isTrue();
  }

  @Test
  void nodesThatStartAtAnyTime_agreeAtEveryTime() {
    int[] rotations = {0, 20, 23, 40, 41, 42, 70};
    List<Rotation> nodes = new ArrayList<>();
    for (int now = 1; now < 100; now++) {
      int minute = now;
      List<DatedVersion> known =
          made(java.util.Arrays.stream(rotations).filter(at -> at <= minute).toArray());
      nodes.replaceAll(
          node -> {
            Rotation seen = node.observed(known, minute(minute)).observed(known, minute(minute));
            return seen.adopted(seen.wanted(minute(minute)).orElseThrow());
          });
      nodes.add(started(known, now));
      assertThat(nodes.stream().map(node -> wanted(node, minute(minute))).distinct())
          .as("minute %d", now)
          .hasSize(1);
    }
  }

  @Test
  void laggingReplicas_moveNothingBack() {
    Random random = new Random(1);
    Rotation rotation = started(made(0), 100);
    int before = 1;
    for (int minute = 101; minute < 200; minute++) {
      List<DatedVersion> full = minute < 150 ? made(0, 101) : made(0, 101, 150);
      List<DatedVersion> answer = random.nextBoolean() ? full : full.subList(1, full.size());
      rotation = rotation.observed(answer, minute(minute));
      int now = wanted(rotation, minute(minute));
      assertThat(now).isGreaterThanOrEqualTo(before);
      rotation = rotation.adopted(v(now));
      before = now;
    }
    assertThat(before).isEqualTo(3);
  }

  @Test
  void rollback_isSeenWhenItStays_andMovesNothing() {
    Rotation rotation = started(made(0, 50), 100);
    for (int i = 1; i < Rotation.FALLS_THAT_COUNT; i++) {
      rotation = rotation.observed(made(0), minute(100 + i));
      assertThat(rotation.isRolledBack()).isFalse();
    }
    rotation = rotation.observed(made(0), minute(110));
    assertThat(rotation.isRolledBack()).isTrue();
    assertThat(wanted(rotation, minute(120))).isEqualTo(2);
    rotation = rotation.observed(made(0, 50), minute(121));
    assertThat(rotation.isRolledBack()).isFalse();
  }

  @Test
  void undatedVersion_isUsedAtTheNextMultipleOfTheDelay_afterItWasSeenTwice() {
    Rotation rotation = started(undated(1), 100);
    rotation = rotation.observed(undated(2), minute(101));
    assertThat(wanted(rotation, minute(500))).isEqualTo(1);
    rotation = rotation.observed(undated(2), minute(102));
    long next = Math.ceilDiv(minute(102).getEpochSecond(), 300) * 300;
    assertThat(wanted(rotation, Instant.ofEpochSecond(next - 1))).isEqualTo(1);
    assertThat(wanted(rotation, Instant.ofEpochSecond(next))).isEqualTo(2);
    Rotation later = rotation.adopted(v(2)).observed(undated(1), minute(200));
    assertThat(wanted(later.observed(undated(1), minute(201)), minute(300))).isEqualTo(2);
  }

  @Test
  void upcoming_isTheNextOneWithinTheTimeAhead() {
    Rotation rotation = started(made(0), 100);
    rotation = rotation.observed(made(0, 101), minute(101));
    assertThat(rotation.upcoming(minute(101), Duration.ofMinutes(10))).isEmpty();
    rotation = rotation.observed(made(0, 101), minute(101));
    assertThat(rotation.upcoming(minute(101), Duration.ofMinutes(10))).contains(v(2));
    assertThat(rotation.upcoming(minute(101), Duration.ofMinutes(4))).isEmpty();
    assertThat(rotation.upcoming(minute(106), Duration.ofMinutes(10))).isEmpty();
  }

  @Test
  void adopted_ofAnOlderVersion_changesNothing() {
    Rotation rotation = started(made(0, 50), 100);
    assertThat(rotation.adopted(v(1))).isEqualTo(rotation);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void clockSteps_ofAnHour_neverMoveBack(int direction) {
    Rotation rotation = started(made(0), 100);
    rotation = rotation.observed(made(0, 101), minute(101)).observed(made(0, 101), minute(102));
    rotation = rotation.adopted(rotation.wanted(minute(110)).orElseThrow());
    int step = direction == 0 ? -60 : 60;
    assertThat(wanted(rotation, minute(110 + step))).isEqualTo(2);
  }
}
