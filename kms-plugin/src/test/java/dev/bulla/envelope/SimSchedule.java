// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.history.History;
import dev.bulla.kek.Fault;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** What happens in one episode, as its seed decides. */
final class SimSchedule {
  private static final Fault[] FAULTS = {
    Fault.DOWN,
    Fault.DOWN,
    Fault.THROTTLED,
    Fault.DENIED,
    Fault.UNWRAP_DENIED,
    Fault.DISABLED,
    Fault.DISABLED,
    Fault.PENDING_DELETION,
    Fault.GONE,
    Fault.OTHER_KEY,
    Fault.GARBAGE,
    Fault.WRONG_MASTER
  };

  private final SimWorld world;
  private final Random random;
  private final History history;

  private SimSchedule(SimWorld world) {
    this.world = world;
    this.random = world.random;
    this.history = world.history;
  }

  /** Plays an episode; returns its history, checked. */
  static History play(long seed, long operations) {
    History history = new History();
    FutureTask<History> episode = new FutureTask<>(() -> played(seed, operations, history));
    // On a thread like the strands': a hand-over between two of these is quick.
    Thread.ofVirtual().start(episode);
    try {
      return episode.get();
    } catch (ExecutionException e) {
      Throwable why = Objects.requireNonNull(e.getCause());
      throw new AssertionError(
          "-Dbulla.seed=%d: %s%n%s".formatted(seed, why.getMessage(), history.lastWords()), why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static History played(long seed, long operations, History history) {
    SimSchedule schedule = new SimSchedule(new SimWorld(seed, history));
    while (history.operations() < operations) {
      schedule.next();
    }
    schedule.end();
    return history;
  }

  private SimNode anyNode() {
    return world.nodes.get(random.nextInt(world.nodes.size()));
  }

  private SimService anyService() {
    return world.services.get(random.nextInt(world.services.size()));
  }

  private void next() {
    int dice = random.nextInt(1_000);
    SimLife life = anyNode().life();
    int connection = random.nextInt(3);
    if (dice < 220) {
      life.status(connection);
    } else if (dice < 450) {
      encrypt(life, connection);
    } else if (dice < 800) {
      decrypt(life, connection);
    } else if (dice < 860) {
      decryptAltered(life, connection);
    } else if (dice < 955) {
      world.pass(Duration.ofMillis(random.nextInt(3_000)), KeyLoop.LOOK);
    } else if (dice < 970) {
      passLong();
    } else {
      happen();
    }
  }

  private void encrypt(SimLife life, int connection) {
    if (random.nextInt(3) == 0) {
      life.status(connection);
      if (random.nextBoolean()) {
        world.pass(Duration.ofMillis(random.nextInt(12_000)), KeyLoop.LOOK);
      }
    }
    // It may have been restarted meanwhile by nobody: only time has passed.
    life.seal(connection);
  }

  private History.Sealed anySealed() {
    int size = history.size();
    int back = random.nextBoolean() ? random.nextInt(Math.min(size, 20)) : random.nextInt(size);
    return history.envelope(size - 1 - back);
  }

  private void decrypt(SimLife life, int connection) {
    if (history.size() > 0) {
      life.open(connection, anySealed());
    }
  }

  private void decryptAltered(SimLife life, int connection) {
    if (history.size() == 0) {
      return;
    }
    History.Sealed sealed = anySealed();
    byte[] ciphertext = sealed.ciphertext().toByteArray();
    byte[] dek = sealed.dek().toByteArray();
    switch (random.nextInt(6)) {
      case 0 -> life.openAltered(connection, flipped(ciphertext), sealed.keyId(), dek, "flipped");
      case 1 ->
          life.openAltered(connection, ciphertext, sealed.keyId(), flipped(dek), "DEK flipped");
      case 2 -> life.openAltered(connection, cut(ciphertext), sealed.keyId(), dek, "cut");
      case 3 -> life.openAltered(connection, ciphertext, sealed.keyId(), cut(dek), "DEK cut");
      case 4 ->
          life.openAltered(
              connection,
              ciphertext,
              "b1." + "A".repeat(KeyId.LENGTH - 3),
              dek,
              "of another key_id");
      default -> {
        History.Sealed other = anySealed();
        boolean same = other.keyId().equals(sealed.keyId()) && other.dek().equals(sealed.dek());
        if (!same) {
          life.openAltered(
              connection, ciphertext, other.keyId(), other.dek().toByteArray(), "mixed");
        }
      }
    }
  }

  private byte[] flipped(byte[] bytes) {
    byte[] copy = bytes.clone();
    copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    return copy;
  }

  private byte[] cut(byte[] bytes) {
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  private void passLong() {
    switch (random.nextInt(8)) {
      case 0 -> world.pass(Duration.ofSeconds(random.nextInt(3_600 * 30)), Duration.ofMinutes(2));
      case 1, 2 -> world.pass(Duration.ofSeconds(random.nextInt(3_600)), Duration.ofSeconds(10));
      default -> world.pass(Duration.ofSeconds(random.nextInt(150)), Duration.ofSeconds(1));
    }
  }

  private void happen() {
    SimService service = anyService();
    SimNode node = anyNode();
    switch (random.nextInt(30)) {
      case 0, 1, 2, 3, 4 -> fault(service, node, random.nextBoolean());
      case 5, 6, 7, 8, 9, 10, 11, 12, 13 -> heal(service);
      case 14, 15, 16, 17, 18 -> rotate(service);
      case 19, 20 -> lag(service, node);
      case 21, 22, 23 -> restart(node, node.life().configuration);
      case 24 -> migrate();
      case 25 -> lose(service);
      case 26, 27 -> suspend(node);
      case 28 -> stepClock(node);
      default -> world.nodes.forEach(each -> each.life().parts.succession().retire());
    }
  }

  private void fault(SimService service, SimNode node, boolean everywhere) {
    Fault fault = FAULTS[random.nextInt(FAULTS.length)];
    boolean hangs = random.nextInt(5) == 0;
    history.note(
        "kek%d %s%s for node %d%s"
            .formatted(
                service.number,
                fault,
                hangs ? ", hung" : "",
                node.number,
                everywhere ? " and all" : ""));
    for (SimNode each : world.nodes) {
      if (everywhere || each.equals(node)) {
        set(service, each, hangs ? Fault.NONE : fault, hangs);
      }
    }
  }

  private static void set(SimService service, SimNode node, Fault fault, boolean hangs) {
    node.life().checks.services();
    service.fail(node.number, fault, hangs);
    node.life().checks.services();
  }

  private void heal(SimService service) {
    history.note("kek" + service.number + " is well");
    for (SimNode node : world.nodes) {
      set(service, node, Fault.NONE, false);
      service.lag(node.number, 0);
    }
  }

  private void rotate(SimService service) {
    history.note("kek" + service.number + " rotates");
    service.rotate(Rig.START.plusNanos(world.nanos()));
  }

  private void lag(SimService service, SimNode node) {
    int oldest = Math.max(1, service.versions() - random.nextInt(3));
    history.note("kek%d lags for node %d: %d".formatted(service.number, node.number, oldest));
    service.lag(node.number, oldest);
    node.excuse();
  }

  private void restart(SimNode node, SimPlan.Configuration configuration) {
    history.note("node " + node.number + " restarts: " + configuration);
    node.restart(configuration);
  }

  private void migrate() {
    SimPlan.Configuration next =
        world.plan.after(world.nodes.getFirst().life().configuration, random);
    world.nodes.forEach(node -> restart(node, next));
  }

  private void lose(SimService service) {
    if (!world.plan.losesVersions() || random.nextInt(3) > 0) {
      return;
    }
    if (random.nextBoolean()) {
      history.note("kek" + service.number + " is made anew");
      service.recreate();
    } else {
      history.note("kek" + service.number + " is restored");
      service.restoreTo(Math.max(1, service.versions() - 1));
    }
  }

  private void suspend(SimNode node) {
    node.life().look();
    Duration gap = Duration.ofSeconds(3 + random.nextInt(random.nextBoolean() ? 300 : 100_000));
    history.note("node " + node.number + " stands still for " + gap);
    node.suspend(gap);
    Duration chunk = Duration.ofMillis(Math.max(250, gap.toMillis() / 500));
    world.pass(gap, chunk, node.number);
    if (random.nextBoolean()) {
      encrypt(node.life(), 0);
    }
  }

  private void stepClock(SimNode node) {
    if (world.plan.skews()) {
      Duration step = Duration.ofSeconds(random.nextInt(20_000) - 10_000L);
      history.note("the clock of node " + node.number + " is off by " + step);
      node.stepWall(random.nextBoolean() ? Duration.ZERO : step);
      node.life().look();
    }
  }

  /** All that can be mended is mended: then nothing that a KEK can open is lost, on any node. */
  private void end() {
    history.note("the end");
    world.services.forEach(this::heal);
    for (SimNode node : world.nodes) {
      if (world.services.stream().anyMatch(SimService::hasLost)) {
        restart(node, node.life().configuration);
      }
    }
    world.pass(Duration.ofMinutes(2), KeyLoop.LOOK);
    for (SimNode node : world.nodes) {
      for (History.Sealed sealed : history.envelopes()) {
        node.life().openAtLast(sealed);
      }
      node.life().sealAtLast();
    }
  }
}
