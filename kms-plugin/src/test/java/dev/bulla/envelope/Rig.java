// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekType;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** The envelope on a fake KEK, its background work done by hand and its time in the test's hand. */
final class Rig implements AutoCloseable, EnvelopeEvents {
  static final String SCOPE = "test/scope";

  final FakeKek kek;
  final AtomicLong nanos = new AtomicLong();
  final KeyLoop loop;
  final Envelopes envelopes;
  final TokenBucket budget = new TokenBucket(nanos::get);
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService background = Executors.newScheduledThreadPool(1);

  Rig() {
    this(new FakeKek(KekType.AWS_KMS, "arn", SCOPE), SCOPE, DekLimits.DEFAULT);
  }

  Rig(FakeKek kek, String scope, DekLimits limits) {
    this.kek = kek;
    EnvelopeSettings settings =
        new EnvelopeSettings(scope, 1, new ConfiguredKek("fake", kek), limits);
    DekFactory factory =
        new DekFactory(
            scope,
            List.of(settings.writeKek()),
            new SecureRandom(),
            InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000)));
    DekCache cache = new DekCache(factory, blocking, nanos::get);
    Keyring keyring = new Keyring(limits, nanos::get);
    this.loop = new KeyLoop(settings, keyring, cache, factory, nanos::get, background, this);
    this.envelopes = new Envelopes(keyring, cache, factory, () -> {});
  }

  /** A rig that has its first DEK. */
  static Rig started() {
    Rig rig = new Rig();
    rig.loop.step();
    return rig;
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  CompletableFuture<byte[]> open(Envelope envelope) {
    return open(envelope.ciphertext(), envelope.keyId().text(), envelope.annotation());
  }

  CompletableFuture<byte[]> open(Bytes ciphertext, String keyId, Bytes annotation) {
    return envelopes.open(
        ciphertext.toByteArray(), keyId, annotation.toByteArray(), budget, Envelopes.MAX_WAIT);
  }

  /** Waits for an opening and returns why it failed, or null if it did not. */
  static Throwable failureOf(CompletableFuture<byte[]> opening) throws InterruptedException {
    try {
      byte[] opened = opening.get();
      throw new AssertionError("it opened, to " + opened.length + " bytes");
    } catch (ExecutionException e) {
      return java.util.Objects.requireNonNull(e.getCause());
    }
  }

  @Override
  public void dekAdopted(KeyId keyId) {}

  @Override
  public void dekFailed(String kekName, KekException why) {}

  @Override
  public void defect(RuntimeException what) {
    throw what;
  }

  @Override
  public void stopped() {}

  @Override
  public void close() {
    blocking.shutdownNow();
    background.shutdownNow();
  }
}
