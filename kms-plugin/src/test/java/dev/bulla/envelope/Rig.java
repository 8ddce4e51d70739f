// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekType;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The envelope on fake KEKs, with its clocks in the test's hand: the loop runs when it is told to,
 * and all that a step starts has ended when it returns. Unwraps for callers run in threads.
 */
final class Rig implements AutoCloseable, EnvelopeEvents {
  static final String SCOPE = "test/scope";
  static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  final FakeKek kek;
  final AtomicLong nanos = new AtomicLong();

  /** Seconds that the wall clock is ahead of elapsed time. */
  final AtomicLong wallSteps = new AtomicLong();

  /** Seconds that the machine was suspended. */
  final AtomicLong suspended = new AtomicLong();

  final List<String> told = new ArrayList<>();
  final Envelopes envelopes;
  final TokenBucket budget = new TokenBucket(nanos::get);
  final EnvelopeParts parts;
  private final Thread stepper = Thread.currentThread();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HandLoop background = new HandLoop();
  private boolean stepping;
  int scrubs;

  Rig() {
    this(new FakeKek(KekType.AWS_KMS, "arn", SCOPE), SCOPE, DekLimits.DEFAULT);
  }

  Rig(FakeKek kek, String scope, DekLimits limits) {
    this(
        kek,
        new EnvelopeSettings(scope, 1, new ConfiguredKek("fake", KekRole.WRITE, kek), limits),
        WrappedDeks.none());
  }

  /** {@code kek} is the one that the test looks at; the settings name those that are used. */
  Rig(FakeKek kek, EnvelopeSettings settings, WrappedDeks notes) {
    this.kek = kek;
    EnvelopeRuntime.Surroundings surroundings =
        new EnvelopeRuntime.Surroundings(
            new SecureRandom(),
            this::now,
            nanos::get,
            () -> nanos.get() + suspended.get() * 1_000_000_000L,
            notes,
            () -> scrubs++);
    this.parts = EnvelopeParts.of(settings, surroundings, this, blocking(), background);
    this.envelopes = parts.envelopes();
  }

  private Executor blocking() {
    return task -> {
      if (stepping && Thread.currentThread().equals(stepper)) {
        task.run();
      } else {
        threads.execute(task);
      }
    };
  }

  /** A rig that has its first DEK. */
  static Rig started() {
    Rig rig = new Rig();
    rig.step();
    return rig;
  }

  static EnvelopeSettings settings(OutageLimits outage, ConfiguredKek... keks) {
    return settings(outage, Duration.ZERO, keks);
  }

  static EnvelopeSettings settings(OutageLimits outage, Duration delay, ConfiguredKek... keks) {
    return new EnvelopeSettings(
        SCOPE,
        1,
        List.of(keks),
        DekLimits.DEFAULT,
        outage,
        delay,
        RecoveryPolicy.DEFAULT,
        Duration.ZERO);
  }

  static ConfiguredKek kek(KekRole role, Kek kek) {
    return new ConfiguredKek(role.toString().toLowerCase(java.util.Locale.ROOT), role, kek);
  }

  /** One look of the loop, with all that it starts. */
  void step() {
    woken();
    stepping = true;
    parts.loop().step();
    stepping = false;
  }

  /** The look that a seal asked for, if one did. */
  void woken() {
    stepping = true;
    background.run();
    stepping = false;
  }

  /** Lets time pass with a look every quarter of a second. */
  void run(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(KeyLoop.LOOK)) {
      pass(left.compareTo(KeyLoop.LOOK) < 0 ? left : KeyLoop.LOOK);
      step();
    }
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  Instant now() {
    return START.plusNanos(nanos.get()).plusSeconds(wallSteps.get() + suspended.get());
  }

  InstantSource clock() {
    return this::now;
  }

  Phase phase() {
    return parts.keks().write().kek().health().phase(nanos.get());
  }

  CompletableFuture<byte[]> open(Envelope envelope) {
    return open(envelope.ciphertext(), envelope.keyId().text(), envelope.annotation());
  }

  CompletableFuture<byte[]> open(Bytes ciphertext, String keyId, Bytes annotation) {
    return envelopes.open(
        ciphertext.toByteArray(), keyId, annotation.toByteArray(), budget, Envelopes.MAX_WAIT);
  }

  /** Returns what stands in the way of an opening. */
  static Obstacle obstacleOf(CompletableFuture<byte[]> opening) throws InterruptedException {
    return switch (failureOf(opening)) {
      case EnvelopeException.Unserved unserved -> unserved.obstacle();
      case Throwable other -> throw new AssertionError("not unserved", other);
    };
  }

  /** Waits for an opening and returns why it failed. */
  static Throwable failureOf(CompletableFuture<byte[]> opening) throws InterruptedException {
    try {
      byte[] opened = opening.get();
      throw new AssertionError("it opened, to " + opened.length + " bytes");
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    }
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    told.add(partial ? "adopted, partial" : "adopted");
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    told.add("failed: " + kekName);
  }

  @Override
  public void erased(int deks) {
    told.add("erased " + deks);
  }

  @Override
  public void resumed(Duration gap) {
    told.add("resumed after " + gap.toSeconds());
  }

  @Override
  public void rewarmed(int unwrapped, int refused) {
    told.add("rewarmed " + unwrapped + ", refused " + refused);
  }

  @Override
  public void phaseChanged(String name, Phase before, Phase after, Optional<KekException> why) {
    told.add(name + ": " + before + " to " + after);
  }

  @Override
  public void defect(Throwable what) {
    throw new AssertionError("a defect", what);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    background.shutdownNow();
  }
}
