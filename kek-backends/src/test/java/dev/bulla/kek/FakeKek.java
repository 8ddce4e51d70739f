// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.time.Deadline;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A KEK in memory that really encrypts, binds scope, identity and version as a service would,
 * counts its calls, and can be made to fail in every way of {@link Fault}. Thread-safe.
 */
public final class FakeKek implements Kek {
  private static final int NONCE_BYTES = 12;
  private static final int UNSEEN = -1;

  private final SecureRandom random = new SecureRandom();
  private final KekIdentity identity;
  private final String scope;
  private final FakeVersions service;
  private final AtomicInteger wraps = new AtomicInteger();
  private final AtomicInteger unwraps = new AtomicInteger();
  private final AtomicInteger describes = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Optional<Instant> clock = Optional.empty();
  private volatile int shown = Integer.MAX_VALUE;
  private volatile int seenLife = UNSEEN;
  private volatile boolean closed;

  /** A new key of one version. */
  public FakeKek(KekType type, String name, String scope) {
    this.identity = KekIdentity.ofText(type, name);
    this.scope = scope;
    this.service = new FakeVersions(Instant.EPOCH);
  }

  private FakeKek(FakeKek key, String scope) {
    this.identity = key.identity;
    this.scope = scope;
    this.service = key.service;
  }

  /**
   * Returns the same key, opened for another scope, or for its own once more, as another node does.
   * What happens to the key happens to both; faults, lag, clock and counts are of each.
   */
  public FakeKek forScope(String other) {
    return new FakeKek(this, other);
  }

  /** Adds a version, made at {@code at}, which wraps from now on. */
  public void rotate(Instant at) {
    service.rotate(at);
  }

  /**
   * Describes only the first {@code oldest} versions until {@link #catchUp()}, as a replica that is
   * behind does. It still wraps and unwraps with all.
   */
  public void lag(int oldest) {
    if (oldest < 1) {
      throw new IllegalArgumentException("a replica knows at least one version");
    }
    shown = oldest;
  }

  /** Ends {@link #lag}. */
  public void catchUp() {
    shown = Integer.MAX_VALUE;
  }

  /**
   * Deletes the key and makes another of its name, at the epoch. Who saw the old one, or names a
   * version of it to wrap with, is told {@link KekException.Revoked.Reason#RECREATED}.
   */
  public void recreate() {
    service.recreate(Instant.EPOCH);
  }

  /**
   * Takes all versions but the first {@code oldest} away for good, as a restored backup does. A
   * later rotation makes another version than any that was lost.
   */
  public void restoreTo(int oldest) {
    service.restoreTo(oldest);
  }

  /** Sets what its service's clock shows from now on; empty where it does not say, as at first. */
  public void clock(Optional<Instant> shown) {
    clock = shown;
  }

  /** Makes it fail so until it is told otherwise. */
  public void fail(Fault how) {
    fault = how;
  }

  /** Holds every unwrap until the latch is counted down. */
  public CountDownLatch holdUnwraps() {
    CountDownLatch hold = new CountDownLatch(1);
    gate = hold;
    return hold;
  }

  /** Returns how often wrap was called. */
  public int wraps() {
    return wraps.get();
  }

  /** Returns how often unwrap was called. */
  public int unwraps() {
    return unwraps.get();
  }

  /** Returns how often anything was called. */
  public int calls() {
    return wraps.get() + unwraps.get() + describes.get();
  }

  @Override
  public KekIdentity identity() {
    return identity;
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    if (master.size() != MASTER_BYTES) {
      throw new IllegalArgumentException("a master has " + MASTER_BYTES + " bytes");
    }
    enter(deadline);
    wraps.incrementAndGet();
    serve(deadline);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    FakeVersions.Version key = observed().find(version).orElseThrow(FakeKek::recreated);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, master.bytes());
    return new WrappedKey(version, Bytes.copyFrom(Lp16.join(nonce, sealed)));
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    enter(deadline);
    unwraps.incrementAndGet();
    await(gate, deadline);
    serve(deadline);
    if (fault == Fault.UNWRAP_DENIED) {
      throw new KekException.Denied("unwrap is not permitted");
    }
    byte[] blob = wrapped.blob().toByteArray();
    if (blob.length != NONCE_BYTES + MASTER_BYTES + 16) {
      throw foreign();
    }
    byte[] nonce = Arrays.copyOf(blob, NONCE_BYTES);
    byte[] sealed = Arrays.copyOfRange(blob, NONCE_BYTES, blob.length);
    byte[] master = cipher(Cipher.DECRYPT_MODE, opener(wrapped.version()), nonce, sealed);
    if (fault == Fault.WRONG_MASTER) {
      master[0] ^= 1;
    }
    return KeyMaterial.adopt(master);
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    enter(deadline);
    describes.incrementAndGet();
    KekState state =
        switch (fault) {
          case DISABLED -> KekState.DISABLED;
          case PENDING_DELETION -> KekState.PENDING_DELETION;
          default -> KekState.ENABLED;
        };
    if (state == KekState.ENABLED) {
      serve(deadline);
    }
    List<DatedVersion> dated =
        observed().versions().stream().limit(shown).map(FakeVersions.Version::dated).toList();
    return new KekDescription(identity, dated.reversed(), state, clock);
  }

  private void enter(Deadline deadline) throws KekException {
    if (closed) {
      throw new KekException.Unavailable("the KEK was closed");
    }
    if (deadline.expired()) {
      throw new KekException.Unavailable("no time was left for a call");
    }
  }

  private void serve(Deadline deadline) throws KekException {
    switch (fault) {
      case NONE, UNWRAP_DENIED, WRONG_MASTER -> {}
      case DOWN -> throw new KekException.Unavailable("connection refused");
      case SLOW -> await(new CountDownLatch(1), deadline);
      case THROTTLED -> throw new KekException.Throttled("too many requests");
      case DENIED -> throw new KekException.Denied("the credentials were refused");
      case DISABLED -> throw new KekException.Revoked(KekException.Revoked.Reason.DISABLED);
      case PENDING_DELETION ->
          throw new KekException.Revoked(KekException.Revoked.Reason.PENDING_DELETION);
      case GONE -> throw new KekException.Revoked(KekException.Revoked.Reason.GONE);
      case RECREATED -> throw recreated();
      case OTHER_KEY -> throw new KekException.Untrustworthy("the answer is of another key");
      case GARBAGE -> throw new KekException.Untrustworthy("the answer cannot be read");
    }
  }

  private static void await(CountDownLatch latch, Deadline deadline) throws KekException {
    try {
      if (!latch.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        throw new KekException.Unavailable("no answer in time");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new KekException.Unavailable("interrupted");
    }
  }

  private FakeVersions.State observed() throws KekException.Revoked {
    FakeVersions.State now = service.state();
    if (seenLife != UNSEEN && seenLife != now.life()) {
      throw recreated();
    }
    seenLife = now.life();
    return now;
  }

  // What cannot be opened has the key looked at, and only then.
  private FakeVersions.Version opener(KekVersion version) throws KekException {
    Optional<FakeVersions.Version> known = service.state().find(version);
    return known.isPresent() ? known.get() : observed().find(version).orElseThrow(FakeKek::foreign);
  }

  private static KekException.Revoked recreated() {
    return new KekException.Revoked(KekException.Revoked.Reason.RECREATED);
  }

  private static KekException.Rejected foreign() {
    return new KekException.Rejected("not a blob of this key");
  }

  private byte[] cipher(int mode, FakeVersions.Version key, byte[] nonce, byte[] input)
      throws KekException.Rejected {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(key.key().toByteArray(), "AES"),
          new GCMParameterSpec(128, nonce));
      cipher.updateAAD(identity.value().toByteArray());
      cipher.updateAAD(scope.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException _) {
      throw foreign();
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
