// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A KEK whose every call is told, with its outcome and duration. Thread-safe. */
final class ToldKek implements Kek {
  private final String name;
  private final Kek kek;
  private final Ticker ticker;
  private final HealthEvents events;

  ToldKek(String name, Kek kek, Ticker ticker, HealthEvents events) {
    this.name = name;
    this.kek = kek;
    this.ticker = ticker;
    this.events = events;
  }

  @FunctionalInterface
  private interface Call<T> {
    T make() throws KekException;
  }

  private <T> T told(KekCall kind, Call<T> call) throws KekException {
    long from = ticker.nanos();
    CallOutcome outcome = CallOutcome.DEFECT;
    String requestId = "";
    try {
      T answer = call.make();
      outcome = CallOutcome.OK;
      return answer;
    } catch (KekException e) {
      outcome = CallOutcome.of(e);
      requestId = e.requestId();
      throw e;
    } finally {
      events.kekCalled(name, kind, outcome, requestId, Duration.ofNanos(ticker.nanos() - from));
    }
  }

  @Override
  public KekIdentity identity() {
    return kek.identity();
  }

  @Override
  public Optional<Instant> credentialsExpireAt() {
    return kek.credentialsExpireAt();
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    return told(KekCall.WRAP, () -> kek.wrap(master, version, deadline));
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    return told(KekCall.UNWRAP, () -> kek.unwrap(wrapped, deadline));
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    return told(KekCall.DESCRIBE, () -> kek.describe(deadline));
  }

  @Override
  public void close() {
    kek.close();
  }
}
