// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.history.History;
import dev.bulla.history.Violation;
import dev.bulla.kek.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of one process beyond what callers can see: I2 (proved before use), I5 (nothing
 * after a grace), I7 (everything before it), and that nothing is lost while a KEK lives.
 */
final class SimChecks {
  private static final long NEVER = Long.MIN_VALUE / 2;
  private static final Duration CALM = Duration.ofMinutes(1);

  /** How long a refusal is remembered, and the call that found it. */
  private static final Duration AFTER_LIES = Duration.ofSeconds(20);

  private final SimLife life;
  private final SimNode node;
  private final Map<Bytes, Long> inMemorySince = new HashMap<>();
  private final Map<List<SimKek>, Long> goneAt = new HashMap<>();
  private final Map<List<SimKek>, Gone> goneSince = new HashMap<>();
  private final Set<List<SimKek>> sets = new HashSet<>();
  private final Set<Bytes> mayBePartial = new HashSet<>();
  private boolean recoveryAway;
  private boolean lagged;
  private boolean full;
  private long readyAt = NEVER;
  private long liesAt = NEVER;
  private long erasedAt = NEVER;
  private @Nullable AssertionError violation;

  SimChecks(SimLife life) {
    this.life = life;
    this.node = life.node;
    life.keks.forEach(kek -> sets.add(List.of(kek)));
    sets.add(life.keks);
  }

  /** Keeps a violation that a future would swallow. */
  void violated(Runnable check) {
    try {
      check.run();
    } catch (AssertionError e) {
      violation = violation == null ? e : violation;
    }
  }

  void rethrow() {
    AssertionError kept = violation;
    if (kept != null) {
      throw kept;
    }
  }

  private long now() {
    return node.aged();
  }

  /** Takes down what is wrong with the services. */
  void services() {
    for (SimKek kek : life.keks) {
      kek.service.look(node.number, node.nanos());
      lagged |= kek.service.lags(node.number);
      if (kek.service.fault(node.number) == Fault.WRONG_MASTER) {
        liesAt = node.nanos();
      }
    }
  }

  void looked() {
    services();
    life.keks.forEach(kek -> kek.account.looked(now()));
    sets.forEach(this::lookedAt);
    full |= life.parts.inspection().facts().deksInMemory() >= DekCache.MAX_DEKS;
    rethrow();
  }

  // As with one KEK: gone at two looks, and nothing was answered between them.
  private void lookedAt(List<SimKek> set) {
    boolean there = set.stream().anyMatch(kek -> kek.account.mayOpen(now()));
    long answered = set.stream().mapToLong(kek -> kek.account.answeredAt()).max().orElse(NEVER);
    Gone before = goneSince.get(set);
    if (there) {
      goneSince.remove(set);
    } else if (before == null || before.answered != answered) {
      goneSince.put(set, new Gone(now(), answered));
    } else {
      goneAt.put(set, before.since);
    }
  }

  void erased() {
    erasedAt = node.nanos();
  }

  void wrapping(SimKek kek) {
    if (kek.equals(life.writer())) {
      recoveryAway =
          life.keks.stream().anyMatch(each -> !each.equals(kek) && each.account.maybeAway(now()));
    }
  }

  void wrapped(SimKek kek, Bytes blob) {
    if (kek.equals(life.writer()) && recoveryAway) {
      mayBePartial.add(blob);
    }
  }

  private static DekRecord record(Bytes dek) {
    return DekRecord.parse(dek.toByteArray())
        .orElseThrow(() -> new Violation("format", "an annotation that does not parse"));
  }

  private record Gone(long since, long answered) {}

  private record Way(SimKek kek, Recipient recipient) {}

  private List<Way> ways(DekRecord record) {
    List<Way> ways = new ArrayList<>();
    for (Recipient recipient : record.recipients()) {
      for (SimKek kek : life.keks) {
        if (kek.service.type == recipient.type()) {
          ways.add(new Way(kek, recipient));
        }
      }
    }
    return ways;
  }

  private static long lastUnwrap(List<Way> ways) {
    return ways.stream()
        .map(way -> way.kek.unwrappedAt(way.recipient.wrapped().blob()))
        .flatMap(Optional::stream)
        .mapToLong(Long::longValue)
        .max()
        .orElse(NEVER);
  }

  private void used(Bytes dek) {
    List<Way> ways = ways(record(dek));
    if (ways.stream().noneMatch(way -> way.kek.account.mayOpen(now()))) {
      throw new Violation("I5", "used, though no KEK vouches for it");
    }
    long unwrapped = lastUnwrap(ways);
    List<SimKek> all =
        life.keks.stream().filter(k -> ways.stream().anyMatch(w -> w.kek.equals(k))).toList();
    if (unwrapped < goneAt.getOrDefault(all, NEVER)) {
      throw new Violation("I5", "used, though it was due for erasure");
    }
    for (Way way : ways) {
      if (unwrapped < way.kek.account.erasedAt()) {
        throw new Violation("I5", "used, though its KEK was revoked and the grace is over");
      }
    }
    inMemorySince.put(dek, now());
  }

  private void maySeal() {
    if (node.hasUnnoticedGap()) {
      throw new Violation("design 6", "writes before the suspension was noticed");
    }
    if (!life.writer().account.maySeal(now())) {
      throw new Violation("design 6", "writes, though the KEK does not vouch for them");
    }
    readyAt = now();
  }

  void ready(KeyId keyId) {
    maySeal();
    node.world.order.told(life, keyId);
  }

  void sealed(History.Sealed sealed) {
    maySeal();
    used(sealed.dek());
    DekRecord record = record(sealed.dek());
    List<Way> ways = ways(record);
    for (Way way : ways) {
      if (!way.kek.isProved(way.recipient.wrapped().blob())) {
        throw new Violation("I2", "sealed under a DEK that was not proved");
      }
    }
    int required = 1 + life.parts.keks().recovery().size();
    boolean excused =
        record.partial()
            && !node.world.plan.recoveryRequired()
            && (liesAt != NEVER
                || mayBePartial.contains(record.recipients().getFirst().wrapped().blob()));
    if (ways.size() < required && !excused) {
      throw new Violation("I2", "a recovery KEK is missing for no reason");
    }
  }

  /** Status or Encrypt answered that nothing is written now. */
  void notWritten(Obstacle why) {
    boolean promised =
        !node.hasUnnoticedGap()
            && life.writer().account.sealsSince(readyAt, now())
            && life.keks.stream().map(kek -> kek.account).allMatch(this::kept);
    boolean excused =
        switch (why) {
          // A KEK that lies lets no new DEK be made, and is not away.
          case DEK_SPENT ->
              liesAt != NEVER
                  || node.world.plan.recoveryRequired()
                  || !node.world.plan.limits().equals(DekLimits.DEFAULT);
          case KEK_ROLLED_BACK -> lagged || life.writer().service.hasLost();
          // What Status told on this connection was erased: it must be asked again.
          case KEK_UNCONFIRMED -> node.nanos() - erasedAt < Told.BINDS_FOR.toNanos();
          case STARTING,
              KEK_UNAVAILABLE,
              KEK_THROTTLED,
              KEK_DENIED,
              KEK_REVOKED,
              KEK_UNTRUSTWORTHY,
              TOO_MANY_UNWRAPS,
              TOO_SLOW ->
              false;
        };
    if (promised && !excused) {
      throw new Violation("I7", "writes ended before their grace: " + why);
    }
  }

  private boolean kept(KekAccount account) {
    return account.erasedBy() < readyAt && !account.isErasing(now());
  }

  void opened(History.Sealed sealed) {
    violated(() -> used(sealed.dek()));
  }

  /** Returns whether the DEK must open without an unwrap: none was ever pushed out for another. */
  boolean mustBeInMemory(Bytes dek) {
    long since = inMemorySince.getOrDefault(dek, NEVER);
    List<Way> ways = ways(record(dek));
    return since != NEVER
        && !full
        && ways.stream().noneMatch(way -> way.kek.account.isErasing(now()))
        && ways.stream().allMatch(way -> way.kek.account.erasedBy() < since)
        && ways.stream().anyMatch(way -> way.kek.account.vouchesSince(since, now()));
  }

  void wasInMemory(boolean must, boolean was, History.Sealed sealed) {
    if (must && !was) {
      throw new Violation("I7", "envelope " + sealed.number() + " was not in memory any more");
    }
  }

  private boolean isAlive(Way way) {
    byte[] version = way.recipient.wrapped().version().value().toByteArray();
    return way.kek.service.isAlive(java.nio.ByteBuffer.wrap(version).getInt());
  }

  /** Returns whether a KEK lives that can unwrap it. */
  boolean isReadable(History.Sealed sealed) {
    return ways(record(sealed.dek())).stream().anyMatch(this::isAlive);
  }

  void refused(History.Sealed sealed) {
    boolean lies = node.nanos() - liesAt < AFTER_LIES.toNanos();
    if (isReadable(sealed) && !lies) {
      violated(
          () -> {
            throw new Violation("lost", "envelope " + sealed.number() + " was refused");
          });
    }
  }

  void notOpened(History.Sealed sealed, Obstacle why) {
    boolean reachable =
        ways(record(sealed.dek())).stream()
            .anyMatch(
                way ->
                    isAlive(way)
                        && !way.kek.account.everThrottled
                        && !way.kek.service.isRecreated()
                        && way.kek.service.calmNanos(node.number, node.nanos()) > CALM.toNanos());
    if (reachable && why != Obstacle.TOO_MANY_UNWRAPS) {
      violated(
          () -> {
            throw new Violation(
                "lost", "envelope %d, though a KEK is there: %s".formatted(sealed.number(), why));
          });
    }
  }
}
