// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to a KEK: a call takes as long as the schedule says, is answered from before or
 * after that time, and what the process hears is taken down.
 */
final class SimKek implements Kek {
  final SimService service;
  final KekAccount account;
  final FakeKek view;
  private final SimNode node;
  private final Map<Bytes, Bytes> wrapped = new HashMap<>();
  private final Map<KekVersion, Integer> seen = new HashMap<>();
  private final Set<Bytes> proved = new HashSet<>();
  private final Map<Bytes, Long> unwrappedAt = new HashMap<>();

  SimKek(SimService service, SimNode node, KekAccount account) {
    this.service = service;
    this.node = node;
    this.account = account;
    this.view = service.key.forScope(Rig.SCOPE);
  }

  /** Returns whether this process saw the KEK unwrap the blob to what had been wrapped. */
  boolean isProved(Bytes blob) {
    return proved.contains(blob);
  }

  /** Returns how often this process was told of the version. */
  int timesSeen(KekVersion version) {
    return seen.getOrDefault(version, 0);
  }

  /** Returns when this process last had the blob unwrapped. */
  Optional<Long> unwrappedAt(Bytes blob) {
    return Optional.ofNullable(unwrappedAt.get(blob));
  }

  @FunctionalInterface
  private interface Call<T> {
    T ask(Deadline deadline) throws KekException;
  }

  private record Outcome<T>(@Nullable T answer, @Nullable KekException failure) {
    static <T> Outcome<T> of(Call<T> call, Deadline deadline) {
      try {
        return new Outcome<>(call.ask(deadline), null);
      } catch (KekException e) {
        return new Outcome<>(null, e);
      }
    }
  }

  private <T> T call(Call<T> call, Deadline deadline) throws KekException {
    service.apply(node.number, view);
    Outcome<T> outcome = slow(call, deadline);
    if (outcome.answer != null) {
      return outcome.answer;
    }
    KekException failure = outcome.failure;
    if (failure == null) {
      throw new AssertionError("neither an answer nor a failure");
    }
    account.failed(failure, node.aged());
    throw failure;
  }

  private <T> Outcome<T> slow(Call<T> call, Deadline deadline) {
    boolean hung = service.isHung(node.number);
    Strands strands = node.world.strands;
    if (!strands.onStrand()) {
      return hung ? noAnswer() : Outcome.of(call, deadline);
    }
    Duration time = hung ? deadline.remaining() : node.world.someDelay();
    Outcome<T> early = node.world.random.nextInt(3) == 0 ? Outcome.of(call, deadline) : null;
    strands.sleepUntil(node.world.nanos() + time.toNanos());
    if (hung || deadline.expired()) {
      return noAnswer();
    }
    service.apply(node.number, view);
    return early != null ? early : Outcome.of(call, deadline);
  }

  private static <T> Outcome<T> noAnswer() {
    return new Outcome<>(null, new KekException.Unavailable("no answer in time"));
  }

  @Override
  public KekIdentity identity() {
    return view.identity();
  }

  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    Bytes bytes = Bytes.copyFrom(master.bytes());
    node.life().wrapping(this);
    WrappedKey key = call(by -> view.wrap(master, version, by), deadline);
    wrapped.put(key.blob(), bytes);
    node.life().wrapped(this, key.blob());
    return key;
  }

  @Override
  public KeyMaterial unwrap(WrappedKey key, Deadline deadline) throws KekException {
    KeyMaterial master = call(by -> view.unwrap(key, by), deadline);
    long now = node.aged();
    unwrappedAt.put(key.blob(), now);
    Bytes own = wrapped.get(key.blob());
    if (own == null) {
      account.unwrapped(now);
    } else if (Bytes.copyFrom(master.bytes()).equals(own)) {
      account.unwrapped(now);
      proved.add(key.blob());
      account.proved();
    } else {
      // A lie that this process can see: it promises nothing.
      account.answered(now);
    }
    return master;
  }

  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    KekDescription description = call(view::describe, deadline);
    if (description.state() == KekState.ENABLED) {
      description.versions().forEach(each -> seen.merge(each.version(), 1, Integer::sum));
      account.answered(node.aged());
    } else {
      account.failed(new KekException.Revoked(KekException.Revoked.Reason.DISABLED), node.aged());
    }
    return description;
  }

  @Override
  public void close() {
    view.close();
  }
}
