// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.Phase;
import dev.bulla.history.History;
import dev.bulla.history.Violation;
import dev.bulla.kek.KekException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One process of a node: the real envelope, its callers' connections, and the checks on it. */
final class SimLife implements EnvelopeEvents {
  private static final int CONNECTIONS = 3;

  final SimNode node;
  final SimPlan.Configuration configuration;
  final List<SimKek> keks;
  final EnvelopeParts parts;
  final SimChecks checks;
  private final String name;
  private final HandLoop loop = new HandLoop();
  private final List<Told> connections = new ArrayList<>();
  private final TokenBucket budget;
  private int inline;
  private boolean rewarming;

  SimLife(SimNode node, int number, SimPlan.Configuration configuration) {
    SimWorld world = node.world;
    this.node = node;
    this.configuration = configuration;
    this.name = "node" + node.number + "." + number;
    this.keks =
        world.services.stream()
            .map(service -> new SimKek(service, node, new KekAccount(world.plan.outage())))
            .toList();
    EnvelopeRuntime.Surroundings surroundings =
        new EnvelopeRuntime.Surroundings(
            new SeededRandom(world.random.nextLong()),
            node::wall,
            node.ticker(),
            world::nanos,
            node,
            () -> {});
    this.parts =
        EnvelopeParts.of(
            world.plan.settings(configuration, keks), surroundings, this, this::blocking, loop);
    this.budget = new TokenBucket(node.ticker());
    this.checks = new SimChecks(this);
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(new Told());
    }
  }

  /** The first look, and the warm-up from the notes. */
  void begin() {
    look();
    rewarming = true;
    node.world.strands.start(
        node,
        () -> {
          parts.rewarming().run();
          rewarming = false;
        });
  }

  SimKek writer() {
    return keks.get(configuration.writer());
  }

  // While notes are unwrapped, a strand may wait for what another one does: then there is only one.
  private void blocking(Runnable task) {
    Strands strands = node.world.strands;
    boolean alone = strands.onStrand() || inline > 0 || rewarming;
    if (!alone && strands.asleep() < 12 && node.world.random.nextInt(6) == 0) {
      strands.start(node, task);
    } else {
      inline++;
      task.run();
      inline--;
    }
  }

  void look() {
    if (node.hasUnnoticedGap()) {
      node.notice();
      keks.forEach(kek -> kek.account.suspended());
    }
    passed();
    parts.loop().step();
    checks.looked();
  }

  void passed() {
    keks.forEach(kek -> kek.account.passed(node.aged()));
  }

  void wrapping(SimKek kek) {
    checks.wrapping(kek);
  }

  void wrapped(SimKek kek, Bytes blob) {
    checks.wrapped(kek, blob);
  }

  private String connection(int number) {
    return name + "." + number;
  }

  void status(int connection) {
    Told told = connections.get(connection);
    History history = node.world.history;
    switch (parts.envelopes().state(told)) {
      case WriteState.Ready ready -> {
        history.told(connection(connection), name, ready.keyId().text(), node.nanos());
        checks.ready(ready.keyId());
      }
      case WriteState.NotReady why -> {
        history.refused(connection(connection), "status", why.obstacle().name());
        checks.notWritten(why.obstacle());
      }
    }
  }

  void seal(int connection) {
    byte[] seed = new byte[32];
    node.world.random.nextBytes(seed);
    try {
      Envelope made = parts.envelopes().seal(seed, connections.get(connection));
      checks.sealed(
          node.world.history.sealed(
              connection(connection),
              seed,
              made.ciphertext().toByteArray(),
              made.keyId().text(),
              made.annotation(),
              node.nanos()));
    } catch (EnvelopeException.Unserved e) {
      node.world.history.refused(connection(connection), "encrypt", e.obstacle().name());
      checks.notWritten(e.obstacle());
    } catch (EnvelopeException e) {
      throw new AssertionError(e);
    }
    loop.run();
  }

  void open(int connection, History.Sealed sealed) {
    boolean warm = checks.mustBeInMemory(sealed.dek());
    String name = connection(connection);
    CompletableFuture<byte[]> opening =
        open(sealed.ciphertext().toByteArray(), sealed.keyId(), sealed.dek().toByteArray());
    boolean atOnce = opening.isDone();
    var _ =
        opening.whenComplete(
            (plaintext, failure) -> {
              if (plaintext != null) {
                node.world.history.opened(name, sealed, plaintext);
                checks.opened(sealed);
              } else {
                failed(name, sealed, failure, atOnce);
              }
            });
    rethrow(opening);
    checks.wasInMemory(warm, atOnce && !opening.isCompletedExceptionally(), sealed);
  }

  private void failed(
      String connection, History.Sealed sealed, @Nullable Throwable why, boolean atOnce) {
    switch (why) {
      case EnvelopeException.Refused _ -> {
        node.world.history.refused(connection, "decrypt " + sealed.number(), "refused");
        checks.refused(sealed);
      }
      case EnvelopeException.Unserved unserved -> {
        node.world.history.refused(
            connection, "decrypt " + sealed.number(), unserved.obstacle().name());
        if (atOnce) {
          checks.notOpened(sealed, unserved.obstacle());
        }
      }
      case null, default -> throw new AssertionError("an unknown failure", why);
    }
  }

  // What a completion throws stays in its future, so each violation is thrown by hand as well.
  private void rethrow(CompletableFuture<byte[]> opening) {
    checks.rethrow();
    if (opening.isCompletedExceptionally()
        && opening.exceptionNow() instanceof AssertionError error) {
      throw error;
    }
  }

  /** Opens it: all is well, so it may take no longer than what the service asks for. */
  void openAtLast(History.Sealed sealed) {
    CompletableFuture<byte[]> opening = openNow(sealed);
    for (int i = 0; i < 10 && isToWait(opening); i++) {
      node.world.pass(Duration.ofSeconds(10), Duration.ofSeconds(1));
      opening = openNow(sealed);
    }
    if (opening.isDone() && !opening.isCompletedExceptionally()) {
      node.world.history.opened(name, sealed, opening.join());
    } else if (checks.isReadable(sealed)) {
      throw new Violation(
          "lost", "envelope %d on %s: %s".formatted(sealed.number(), name, outcome(opening)));
    }
  }

  private CompletableFuture<byte[]> openNow(History.Sealed sealed) {
    inline++;
    CompletableFuture<byte[]> opening =
        open(sealed.ciphertext().toByteArray(), sealed.keyId(), sealed.dek().toByteArray());
    inline--;
    return opening;
  }

  private static boolean isToWait(CompletableFuture<byte[]> opening) {
    return !opening.isDone()
        || (opening.isCompletedExceptionally()
            && opening.exceptionNow() instanceof EnvelopeException.Unserved why
            && why.obstacle() == Obstacle.KEK_THROTTLED);
  }

  private static String outcome(CompletableFuture<byte[]> opening) {
    return opening.isDone() ? opening.exceptionNow().toString() : "no answer";
  }

  /** Seals now: all is well. */
  void sealAtLast() {
    status(0);
    if (!(parts.envelopes().state() instanceof WriteState.Ready)) {
      throw new Violation("stuck", name + " does not write again: " + parts.envelopes().state());
    }
    seal(0);
  }

  void openAltered(int connection, byte[] ciphertext, String keyId, byte[] dek, String how) {
    String name = connection(connection);
    CompletableFuture<byte[]> opening = open(ciphertext, keyId, dek);
    var _ =
        opening.whenComplete(
            (plaintext, _) -> {
              if (plaintext != null) {
                checks.violated(() -> node.world.history.openedAltered(name, how));
              }
            });
    checks.rethrow();
    node.world.history.refused(name, "decrypt altered", opening.isDone() ? "now" : "later");
  }

  private CompletableFuture<byte[]> open(byte[] ciphertext, String keyId, byte[] dek) {
    return parts.envelopes().open(ciphertext, keyId, dek, budget, Envelopes.MAX_WAIT);
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    node.world.history.note(name + " adopts a DEK" + (partial ? ", partial" : ""));
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    node.world.history.note(name + " makes no DEK: " + kekName + ", " + why.getMessage());
  }

  @Override
  public void erased(int deks) {
    node.world.history.note(name + " erases " + deks);
    checks.erased();
  }

  @Override
  public void resumed(Duration gap) {
    node.world.history.note(name + " resumes after " + gap);
  }

  @Override
  public void rewarmed(int unwrapped, int refused) {
    node.world.history.note(name + " is warm: " + unwrapped + ", refused " + refused);
  }

  @Override
  public void phaseChanged(String kek, Phase before, Phase after, Optional<KekException> why) {
    node.world.history.note(name + ": " + kek + " " + before + " to " + after);
  }

  @Override
  public void defect(Throwable what) {
    throw new AssertionError("a defect", what);
  }
}
