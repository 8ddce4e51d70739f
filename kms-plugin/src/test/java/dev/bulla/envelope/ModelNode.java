// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.health.KekHealth;
import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.health.Setback;
import dev.bulla.history.Violation;
import dev.bulla.kek.DatedVersion;
import dev.bulla.kek.KekVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node of the model: the real health and the real rotation, with as little as can be around them,
 * and beside them what the KEK was heard to say, from which the checks follow. Immutable.
 *
 * @param sealing version of the DEK that seals; 0 if there is none
 * @param inMemory one bit for the DEK of each version
 * @param told version that Status told within the last moment; 0 if none
 * @param highest highest version that this process told
 * @param heardAt seconds of the last success; {@link #NEVER} before one
 * @param revokedFirst seconds of the first "revoked" since a success
 * @param revokedSince seconds since when it stands
 */
record ModelNode(
    KekHealth health,
    Rotation rotation,
    int sealing,
    int inMemory,
    int told,
    int highest,
    int heardAt,
    int revokedFirst,
    int revokedSince) {
  static final int NEVER = -1_000_000;
  static final Duration DELAY = Duration.ofMinutes(1);
  static final OutageLimits LIMITS =
      new OutageLimits(Duration.ofMinutes(3), Duration.ofMinutes(5), Duration.ofMinutes(1));
  private static final int HEALTHY_SECONDS = 120;
  private static final int APART_SECONDS = 30;

  static ModelNode started() {
    return new ModelNode(KekHealth.UNKNOWN, Rotation.begin(DELAY), 0, 0, 0, 0, NEVER, NEVER, NEVER);
  }

  private static long nanos(int now) {
    return Duration.ofSeconds(now).toNanos();
  }

  private static Instant wall(int now) {
    return Rig.START.plusSeconds(now);
  }

  private static KekVersion version(int number) {
    return new KekVersion(Bytes.copyFrom(new byte[] {(byte) number}));
  }

  private static int number(KekVersion version) {
    return version.value().toByteArray()[0];
  }

  private ModelNode with(KekHealth health, Rotation rotation) {
    return new ModelNode(
        health, rotation, sealing, inMemory, told, highest, heardAt, revokedFirst, revokedSince);
  }

  private ModelNode heard(KekHealth health, int at, int first, int since) {
    return new ModelNode(health, rotation, sealing, inMemory, told, highest, at, first, since);
  }

  private ModelNode holding(int sealing, int inMemory) {
    return new ModelNode(
        health, rotation, sealing, inMemory, told, highest, heardAt, revokedFirst, revokedSince);
  }

  private ModelNode told(int version) {
    return new ModelNode(
        health,
        rotation,
        sealing,
        inMemory,
        version,
        Math.max(highest, version),
        heardAt,
        revokedFirst,
        revokedSince);
  }

  /** The KEK described itself with the first {@code shown} of its versions. */
  ModelNode confirmed(List<Integer> created, int shown, int now) {
    List<DatedVersion> versions = new java.util.ArrayList<>();
    for (int i = 0; i < shown; i++) {
      versions.addFirst(new DatedVersion(version(i + 1), Optional.of(wall(created.get(i)))));
    }
    return heard(health.confirmed(nanos(now)), now, NEVER, NEVER)
        .with(health.confirmed(nanos(now)), rotation.observed(versions, wall(now)))
        .looked(now);
  }

  ModelNode failed(Setback how, int now) {
    int first = how == Setback.REVOKED && revokedFirst == NEVER ? now : revokedFirst;
    boolean stands = how == Setback.REVOKED && now - first >= APART_SECONDS;
    int since = stands && revokedSince == NEVER ? now : revokedSince;
    return heard(health.failed(how, nanos(now)), heardAt, first, since).looked(now);
  }

  /** Erases what no KEK vouches for any more; throws if that is too early or too late. */
  ModelNode looked(int now) {
    boolean keeps = health.mayOpen(nanos(now), LIMITS);
    boolean well = heardAt != NEVER && now - heardAt < LIMITS.decryptFor().toSeconds();
    boolean revoked = revokedSince != NEVER;
    boolean condemned = revoked && now - revokedSince >= LIMITS.revokedFor().toSeconds();
    if (!keeps && well && !revoked) {
      throw new Violation("I7", "erased within the grace of an outage");
    }
    if (!keeps && revoked && !condemned) {
      throw new Violation("I7", "erased within the grace of a revocation");
    }
    if (keeps && (condemned || (!revoked && !well))) {
      throw new Violation("I5", "kept after its grace");
    }
    if (revoked != (health.phase(nanos(now)) == Phase.REVOKED)) {
      throw new Violation("design 6", "revoked is what was said twice, 30 s apart");
    }
    return keeps ? this : holding(0, 0);
  }

  /** A moment has passed: what Status told binds no longer. */
  ModelNode later(int now) {
    return told(0).looked(now);
  }

  /** Makes and adopts the DEK that is wanted; the KEK proves it. */
  ModelNode made(int now) {
    Optional<KekVersion> wanted = rotation.wanted(wall(now));
    if (wanted.isEmpty() || (wanted.equals(rotation.active()) && sealing != 0)) {
      return this;
    }
    int number = number(wanted.get());
    if (number < sealing) {
      throw new Violation("I6", "a version went back");
    }
    return heard(health.confirmed(nanos(now)), now, NEVER, NEVER)
        .with(health.confirmed(nanos(now)), rotation.adopted(wanted.get()))
        .holding(number, inMemory | 1 << number);
  }

  /** Returns whether it writes; throws if it must, and does not, or the other way round. */
  boolean writes(int now) {
    boolean writes =
        sealing != 0 && health.mayEncrypt(nanos(now), LIMITS) && !rotation.isRolledBack();
    int silent = now - heardAt;
    boolean revoked = revokedSince != NEVER;
    boolean may = !revoked && silent < LIMITS.encryptFor().toSeconds();
    if (writes && !may && silent > HEALTHY_SECONDS) {
      throw new Violation("design 6", "writes after the grace");
    }
    if (!writes && may && sealing != 0 && !rotation.isRolledBack()) {
      throw new Violation("I7", "no writes within the grace");
    }
    return writes;
  }

  ModelNode status(int now) {
    if (!writes(now)) {
      return this;
    }
    if (sealing < highest) {
      throw new Violation("I6", "told an earlier version again");
    }
    return told(sealing);
  }

  /** Returns the version under which an Encrypt of this moment seals; 0 if it refuses. */
  int encrypts(int now) {
    if (!writes(now)) {
      return 0;
    }
    int chosen = told != 0 && (inMemory & 1 << told) != 0 ? told : sealing;
    if (told != 0 && chosen != told) {
      throw new Violation("I1", "told %d, sealed %d".formatted(told, chosen));
    }
    return chosen;
  }

  /** Returns the version that it wants, if it has seen all of {@code versions} twice. */
  Optional<Integer> settledOn(int versions, int now) {
    boolean all =
        rotation.known().size() == versions
            && rotation.known().stream().allMatch(sighting -> sighting.times() >= 2);
    return all ? rotation.wanted(wall(now)).map(ModelNode::number) : Optional.empty();
  }
}
