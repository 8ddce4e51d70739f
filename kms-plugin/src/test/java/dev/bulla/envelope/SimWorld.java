// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.history.History;
import dev.bulla.kek.KekType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A cluster and its KEK services, whose time and chance are the test's. */
final class SimWorld {
  final Random random;
  final SimPlan plan;
  final History history;
  final Strands strands = new Strands();
  final KeyIdOrder order = new KeyIdOrder();
  final List<SimService> services = new ArrayList<>();
  final List<SimNode> nodes = new ArrayList<>();
  private long nanos;
  private long chunkNanos;

  SimWorld(long seed, History history) {
    this.random = new Random(seed);
    this.plan = SimPlan.of(random);
    this.history = history;
    history.note(plan.toString());
    services.add(new SimService(0, KekType.AWS_KMS, plan.nodes()));
    if (plan.services() > 1) {
      services.add(new SimService(1, KekType.TRANSIT, plan.nodes()));
    }
    for (int i = 0; i < plan.nodes(); i++) {
      nodes.add(new SimNode(this, i, plan.notes()));
    }
    nodes.forEach(node -> node.life().begin());
  }

  long nanos() {
    return nanos;
  }

  /** Returns the time between two looks of late: waiting work need not look more often. */
  long chunkNanos() {
    return chunkNanos;
  }

  /** How long a call to a service that is well takes: no longer than a confirmation may. */
  Duration someDelay() {
    return Duration.ofMillis(random.nextInt(1_000));
  }

  /** Lets time pass, with a look of every node but one after each {@code chunk}. */
  void pass(Duration time, Duration chunk, int sleeper) {
    chunkNanos = chunk.toNanos();
    for (long left = time.toNanos(); left > 0; left -= chunk.toNanos()) {
      long end = nanos + Math.min(left, chunk.toNanos());
      for (long at = strands.nextWake(end); at < end; at = strands.nextWake(end)) {
        nanos = Math.max(nanos, at);
        strands.wake(nanos);
      }
      nanos = end;
      nodes.stream().filter(node -> node.number != sleeper).forEach(node -> node.life().passed());
      strands.wake(nanos);
      nodes.stream().filter(node -> node.number != sleeper).forEach(node -> node.life().look());
    }
  }

  void pass(Duration time, Duration chunk) {
    pass(time, chunk, -1);
  }
}
