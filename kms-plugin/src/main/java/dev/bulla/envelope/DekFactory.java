// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes DEKs: the only class but {@link Unwrapper} that sees a master. Thread-safe. Its calls block
 * on KEKs, so no event loop makes them.
 */
final class DekFactory {
  private final KekSet keks;
  private final KeyDerivation derivation;
  private final AssociatedData associatedData;
  private final SecureRandom random;
  private final InstantSource clock;

  DekFactory(KekSet keks, SecureRandom random, InstantSource clock) {
    this.keks = keks;
    this.derivation = new KeyDerivation(keks.scope());
    this.associatedData = new AssociatedData(keks.scope());
    this.random = random;
    this.clock = clock;
  }

  /**
   * Makes a DEK, wrapped by the write KEK and by every recovery KEK, and proves it through each:
   * every wrapped form was unwrapped again and compared before this returns.
   *
   * @param versions the version to wrap under, for each KEK but those in {@code leftOut}
   * @param leftOut recovery KEKs to do without; the record says that it is partial
   */
  Dek make(Versions versions, Set<KekMember> leftOut, Deadline deadline)
      throws DekNotMadeException {
    try (KeyMaterial master = newMaster()) {
      List<Recipient> recipients = new ArrayList<>();
      List<KekMember> members = new ArrayList<>();
      members.add(keks.write());
      keks.recovery().stream().filter(kek -> !leftOut.contains(kek)).forEach(members::add);
      for (KekMember member : members) {
        recipients.add(proved(member, master, versions, deadline));
      }
      DekRecord record =
          new DekRecord(
              !leftOut.isEmpty(),
              clock.instant().getEpochSecond(),
              derivation.commitment(master),
              recipients);
      return dek(master, record);
    }
  }

  /** Where the versions to wrap under are looked up. */
  @FunctionalInterface
  interface Versions {
    /** Returns the version of {@code member} to wrap under. May ask it. */
    KekVersion of(KekMember member, Deadline deadline) throws KekException;
  }

  private KeyMaterial newMaster() {
    byte[] master = new byte[Kek.MASTER_BYTES];
    random.nextBytes(master);
    return KeyMaterial.adopt(master);
  }

  private static Recipient proved(
      KekMember member, KeyMaterial master, Versions versions, Deadline deadline)
      throws DekNotMadeException {
    try {
      WrappedKey wrapped = member.kek().wrap(master, versions.of(member, deadline), deadline);
      try (KeyMaterial again = member.kek().unwrap(wrapped, deadline)) {
        if (!again.sameAs(master)) {
          throw new KekException.Untrustworthy(
              "it unwrapped a new data key to something else than was wrapped");
        }
      }
      return new Recipient(member.kek().identity().type(), member.tag(), wrapped);
    } catch (KekException e) {
      throw new DekNotMadeException(member.name(), e);
    }
  }

  /** Returns the DEK of {@code record}, whose master it is. The master stays the caller's. */
  Dek dek(KeyMaterial master, DekRecord record) {
    return new Dek(
        derivation.aead(master), associatedData, Bytes.copyFrom(record.encode()), keks.of(record));
  }

  /** Returns whether {@code master} is the one that {@code record} commits to. */
  boolean commits(DekRecord record, KeyMaterial master) {
    return derivation.commitment(master).equals(record.commitment());
  }
}
