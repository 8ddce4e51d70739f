// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.Setback;
import dev.bulla.history.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Every order of what can happen to two nodes and a KEK that is rotated, lags, goes away, is
 * revoked and restored, to a depth: the real {@link Rotation} and health, checked in each state for
 * I1, I5, I6 and I7, that both nodes want the same, and that all is well again when the KEK is. I2,
 * I3 and I4 need real keys, see {@link RandomHistoryTest}; I8 is the socket's. {@code
 * -Dbulla.depth=} goes deeper.
 */
final class RotationModelTest {
  private static final System.Logger LOG = System.getLogger("bulla.figures");
  private static final int MOST_VERSIONS = 3;
  private static final int[] TIMES = {30, 150};

  private enum Kek {
    UP,
    DOWN,
    REVOKED
  }

  /**
   * A state of the whole.
   *
   * @param now seconds since the beginning
   * @param created when each version was made, oldest first
   * @param written one bit for each version under which something was acknowledged
   */
  private record State(
      int now, Kek kek, List<Integer> created, ModelNode first, ModelNode second, int written) {
    State with(Kek other) {
      return new State(now, other, created, first, second, written);
    }

    State with(boolean one, ModelNode node) {
      return one
          ? new State(now, kek, created, node, second, written)
          : new State(now, kek, created, first, node, written);
    }

    State wrote(int version) {
      return new State(now, kek, created, first, second, written | 1 << version);
    }

    State rotated() {
      List<Integer> more = new ArrayList<>(created);
      more.add(now);
      return new State(now, kek, List.copyOf(more), first, second, written);
    }

    State after(int seconds) {
      int then = now + seconds;
      return new State(then, kek, created, first.later(then), second.later(then), written);
    }

    ModelNode node(boolean one) {
      return one ? first : second;
    }

    // The nodes are alike: a state and its mirror image are one.
    State canonical() {
      return first.hashCode() <= second.hashCode()
          ? this
          : new State(now, kek, created, second, first, written);
    }
  }

  private static List<State> next(State state) {
    List<State> next = new ArrayList<>();
    for (Kek kek : Kek.values()) {
      if (kek != state.kek) {
        next.add(state.with(kek));
      }
    }
    if (state.kek == Kek.UP && state.created.size() < MOST_VERSIONS) {
      next.add(state.rotated());
    }
    for (int seconds : TIMES) {
      next.add(state.after(seconds));
    }
    for (boolean one : new boolean[] {true, false}) {
      addOf(state, one, next);
    }
    return next;
  }

  private static void addOf(State state, boolean one, List<State> next) {
    ModelNode node = state.node(one);
    int now = state.now;
    next.add(state.with(one, confirmed(state, node, state.created.size())));
    if (state.kek == Kek.UP && state.created.size() > 1) {
      next.add(state.with(one, confirmed(state, node, state.created.size() - 1)));
    }
    if (state.kek == Kek.UP) {
      next.add(state.with(one, node.made(now)));
    }
    next.add(state.with(one, node.status(now)));
    int sealed = node.encrypts(now);
    if (sealed != 0) {
      next.add(state.wrote(sealed));
    }
    next.add(state.with(one, ModelNode.started()));
  }

  private static ModelNode confirmed(State state, ModelNode node, int shown) {
    return switch (state.kek) {
      case UP -> node.confirmed(state.created, shown, state.now);
      case DOWN -> node.failed(Setback.UNAVAILABLE, state.now);
      case REVOKED -> node.failed(Setback.REVOKED, state.now);
    };
  }

  private static void check(State state) {
    Optional<Integer> one = state.first.settledOn(state.created.size(), state.now);
    Optional<Integer> other = state.second.settledOn(state.created.size(), state.now);
    if (one.isPresent() && other.isPresent() && !one.equals(other)) {
      throw new Violation("design 7", "two nodes want two versions");
    }
    State healed = state.with(Kek.UP);
    for (int i = 0; i < 2; i++) {
      healed = eachNode(healed.after(150), RotationModelTest::recovered);
    }
    for (boolean node : new boolean[] {true, false}) {
      if (healed.node(node).encrypts(healed.now) != state.created.size()) {
        throw new Violation("stuck", "a node does not write under the newest version");
      }
    }
  }

  private static State eachNode(State state, UnaryOperator<State> step) {
    State swapped =
        step.apply(
            new State(
                state.now, state.kek, state.created, state.first, state.second, state.written));
    State back =
        step.apply(
            new State(
                swapped.now,
                swapped.kek,
                swapped.created,
                swapped.second,
                swapped.first,
                swapped.written));
    return back;
  }

  private static State recovered(State state) {
    ModelNode node = state.first;
    for (int i = 0; i < 2; i++) {
      node = node.confirmed(state.created, state.created.size(), state.now);
    }
    return state.with(true, node.made(state.now));
  }

  @Test
  void everyOrderOfEvents_breaksNoInvariant() {
    int depth = Integer.getInteger("bulla.depth", 7);
    State start =
        new State(0, Kek.UP, List.of(-3_600), ModelNode.started(), ModelNode.started(), 0);
    Set<State> seen = new HashSet<>(Set.of(start));
    List<State> frontier = List.of(start);
    long steps = 0;
    for (int i = 0; i < depth; i++) {
      List<State> found = new ArrayList<>();
      for (State state : frontier) {
        for (State next : next(state)) {
          steps++;
          if (seen.add(next.canonical())) {
            check(next);
            found.add(next);
          }
        }
      }
      frontier = found;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "depth %d: %d states, %d steps".formatted(depth, seen.size(), steps));
    assertThat(seen).hasSizeGreaterThan(10_000);
  }
}
