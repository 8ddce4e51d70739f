// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.KekType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A KEK that is rotated while nodes run: one instant for all, no mismatch, nothing lost. */
final class KeyRotationTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Duration DELAY = Duration.ofMinutes(5);

  private final FakeKek kek = new FakeKek(KekType.TRANSIT, "k", Rig.SCOPE);
  private final List<Rig> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(Rig::close);
  }

  private Rig node() {
    Rig node =
        new Rig(
            kek,
            Rig.settings(OutageLimits.DEFAULT, DELAY, Rig.kek(KekRole.WRITE, kek)),
            WrappedDeks.none());
    nodes.add(node);
    node.step();
    return node;
  }

  private static KeyId told(Rig node) {
    return switch (node.envelopes.state()) {
      case WriteState.Ready ready -> ready.keyId();
      case WriteState.NotReady why -> throw new AssertionError(why.obstacle());
    };
  }

  @Test
  void rotation_isAdoptedByThreeNodesWithinOneLook() throws Exception {
    Rig first = node();
    node();
    node();
    // Nodes confirm at different moments.
    nodes.get(1).run(Duration.ofSeconds(17));
    nodes.get(2).run(Duration.ofSeconds(41));
    Envelope before = first.envelopes.seal(SEED);
    long base = 60_000_000_000L;
    for (Rig node : nodes) {
      node.run(Duration.ofNanos(base - node.nanos.get()));
    }
    kek.rotate(first.now());
    long[] adoptedAt = new long[3];
    for (int i = 0; i < 3; i++) {
      Rig node = nodes.get(i);
      while (told(node).equals(before.keyId())) {
        node.run(KeyLoop.LOOK);
      }
      adoptedAt[i] = node.nanos.get() - base;
      assertThat(Duration.ofNanos(adoptedAt[i])).isBetween(DELAY, DELAY.plus(KeyLoop.LOOK));
      assertThat(node.open(before).get()).isEqualTo(SEED);
    }
    assertThat(told(nodes.get(1))).isEqualTo(told(first)).isEqualTo(told(nodes.get(2)));
  }

  @Test
  void promotion_callsNoKekAtItsInstant() {
    Rig node = node();
    kek.rotate(node.now());
    node.run(DELAY.minusSeconds(1));
    KeyId before = told(node);
    int wraps = kek.wraps();
    kek.fail(Fault.DOWN);
    node.run(Duration.ofSeconds(2));
    assertThat(told(node)).isNotEqualTo(before);
    assertThat(kek.wraps()).isEqualTo(wraps);
  }

  @Test
  void nodeThatIsBehind_opensDataOfANodeThatIsAhead() throws Exception {
    Rig behind = node();
    Rig ahead = node();
    kek.rotate(ahead.now());
    ahead.run(DELAY.plusSeconds(1));
    Envelope envelope = ahead.envelopes.seal(SEED);
    assertThat(envelope.keyId()).isNotEqualTo(told(behind));
    assertThat(behind.open(envelope).get()).isEqualTo(SEED);
  }

  @Test
  void encryptAfterStatus_usesWhatStatusTold_forTenSeconds() throws Exception {
    Rig node = node();
    Told connection = new Told();
    Told other = new Told();
    kek.rotate(node.now());
    node.run(DELAY.minusSeconds(1));
    WriteState.Ready before = (WriteState.Ready) node.envelopes.state(connection);
    node.run(Duration.ofSeconds(2));
    KeyId after = told(node);
    assertThat(after).isNotEqualTo(before.keyId());
    Envelope pinned = node.envelopes.seal(SEED, connection);
    assertThat(pinned.keyId()).isEqualTo(before.keyId());
    assertThat(node.envelopes.seal(SEED, other).keyId()).isEqualTo(after);
    assertThat(node.open(pinned).get()).isEqualTo(SEED);
    node.run(Duration.ofSeconds(10));
    assertThat(node.envelopes.seal(SEED, connection).keyId()).isEqualTo(after);
  }

  @Test
  void encryptAfterStatus_isRefused_ifWhatStatusToldWasErasedSince() throws Exception {
    Rig node = node();
    Told connection = new Told();
    kek.rotate(node.now());
    node.run(DELAY.minusSeconds(1));
    assertThat(node.envelopes.state(connection)).isInstanceOf(WriteState.Ready.class);
    kek.fail(Fault.DOWN);
    node.suspended.addAndGet(25 * 3_600);
    node.step();
    kek.fail(Fault.NONE);
    node.run(Duration.ofSeconds(3));
    assertThat(node.envelopes.seal(SEED, new Told()).keyId()).isEqualTo(told(node));
    assertThatThrownBy(() -> node.envelopes.seal(SEED, connection))
        .isInstanceOfSatisfying(
            EnvelopeException.Unserved.class,
            e -> assertThat(e.obstacle()).isEqualTo(Obstacle.KEK_UNCONFIRMED));
    assertThat(node.envelopes.state(connection)).isEqualTo(new WriteState.Ready(told(node)));
    assertThat(node.envelopes.seal(SEED, connection).keyId()).isEqualTo(told(node));
  }

  @Test
  void tenThousandRotations_underLoad_neverMismatchFlapOrRepeat_andThreeNodesPromoteTogether()
      throws Exception {
    FakeKek fast = new FakeKek(KekType.TRANSIT, "fast", Rig.SCOPE);
    List<Loaded> loaded = List.of(new Loaded(fast), new Loaded(fast), new Loaded(fast));
    loaded.get(1).node.run(Duration.ofSeconds(17));
    loaded.get(2).node.run(Duration.ofSeconds(41));
    for (Loaded each : loaded) {
      each.node.run(Duration.ofMinutes(1).minusNanos(each.node.nanos.get()));
    }
    int rotations = Integer.getInteger("bulla.rotations", 1_000);
    for (int i = 0; i < rotations; i++) {
      fast.rotate(loaded.getFirst().node.now());
      Set<KeyId> adopted = new HashSet<>();
      for (Loaded each : loaded) {
        adopted.add(each.adoptsWithin(8, i));
      }
      assertThat(adopted).as("rotation %d", i).hasSize(1);
      IntSummaryStatistics looks =
          loaded.stream().mapToInt(each -> each.adoptedAtLook).summaryStatistics();
      assertThat(KeyLoop.LOOK.multipliedBy(looks.getMax() - looks.getMin()))
          .isLessThan(Duration.ofSeconds(1));
    }
  }

  /** A node with a caller that asks at every look. */
  private final class Loaded {
    final Rig node;
    private final Told connection = new Told();
    private final Set<KeyId> seen = new HashSet<>();
    private KeyId last;
    int adoptedAtLook;

    Loaded(FakeKek fast) {
      node =
          new Rig(
              fast,
              Rig.settings(
                  OutageLimits.DEFAULT, Duration.ofSeconds(1), Rig.kek(KekRole.WRITE, fast)),
              WrappedDeks.none());
      nodes.add(node);
      node.step();
      last = told(node);
      seen.add(last);
    }

    KeyId adoptsWithin(int looks, int rotation) throws EnvelopeException {
      KeyId before = last;
      for (int look = 0; look < looks; look++) {
        WriteState.Ready status = (WriteState.Ready) node.envelopes.state(connection);
        node.parts.watches().forEach(dev.bulla.health.KekWatch::ask);
        node.run(KeyLoop.LOOK);
        assertThat(node.envelopes.seal(SEED, connection).keyId()).isEqualTo(status.keyId());
        KeyId now = told(node);
        if (!now.equals(last)) {
          assertThat(seen.add(now)).as("an id came again").isTrue();
          last = now;
          adoptedAtLook = look;
        }
      }
      assertThat(last).as("rotation %d", rotation).isNotEqualTo(before);
      return last;
    }
  }

  @Test
  void turnoverEveryLook_costsEncryptNoCall() throws Exception {
    Rig node = node();
    for (int i = 0; i < 1_200; i++) {
      node.parts.succession().retire();
      node.run(KeyLoop.LOOK);
      int calls = kek.calls();
      for (int j = 0; j < 20; j++) {
        assertThat(node.envelopes.seal(SEED).keyId()).isEqualTo(told(node));
      }
      assertThat(kek.calls()).isEqualTo(calls);
    }
    assertThat(kek.wraps()).isGreaterThanOrEqualTo(1_200);
  }
}
