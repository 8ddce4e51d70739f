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
import java.util.List;
import java.util.Optional;

/**
 * Makes DEKs and unwraps them: the only class of this package that sees a master. Thread-safe. Its
 * calls block on a KEK, so no event loop makes them.
 */
final class DekFactory {
  private final KeyDerivation derivation;
  private final AssociatedData associatedData;
  private final List<ConfiguredKek> keks;
  private final SecureRandom random;
  private final InstantSource clock;

  /** The first of {@code keks} is the write KEK. */
  DekFactory(String scope, List<ConfiguredKek> keks, SecureRandom random, InstantSource clock) {
    if (keks.isEmpty()) {
      throw new IllegalArgumentException("there must be a write KEK");
    }
    this.derivation = new KeyDerivation(scope);
    this.associatedData = new AssociatedData(scope);
    this.keks = List.copyOf(keks);
    this.random = random;
    this.clock = clock;
  }

  /**
   * Makes a DEK, wrapped under {@code version} of the write KEK, and proves it: the wrapped form
   * was unwrapped again and compared before this returns.
   *
   * @throws KekException if the KEK did not wrap, or did not give the same master back
   */
  Dek make(KekVersion version, Deadline deadline) throws KekException {
    Kek kek = keks.getFirst().kek();
    try (KeyMaterial master = newMaster()) {
      WrappedKey wrapped = kek.wrap(master, version, deadline);
      try (KeyMaterial again = kek.unwrap(wrapped, deadline)) {
        if (!again.sameAs(master)) {
          throw new KekException.Untrustworthy(
              "the write KEK unwrapped a new DEK to something else than was wrapped");
        }
      }
      return dek(master, record(kek, wrapped, derivation.commitment(master)));
    }
  }

  private KeyMaterial newMaster() {
    byte[] master = new byte[Kek.MASTER_BYTES];
    random.nextBytes(master);
    return KeyMaterial.adopt(master);
  }

  private DekRecord record(Kek kek, WrappedKey wrapped, Bytes commitment) {
    Recipient recipient = new Recipient(kek.identity().type(), KekTag.of(kek.identity()), wrapped);
    return new DekRecord(false, clock.instant().getEpochSecond(), commitment, List.of(recipient));
  }

  private Dek dek(KeyMaterial master, DekRecord record) {
    return new Dek(derivation.aead(master), associatedData, Bytes.copyFrom(record.encode()));
  }

  /**
   * Returns whether a configured KEK made one of the record's blobs: without that, no call helps.
   */
  boolean knows(DekRecord record) {
    return record.recipients().stream().anyMatch(r -> kekOf(r).isPresent());
  }

  private Optional<ConfiguredKek> kekOf(Recipient recipient) {
    return keks.stream().filter(kek -> kek.made(recipient)).findFirst();
  }

  /**
   * Unwraps a record through the first of its recipients that can, in the record's order. A refusal
   * by one, or another master than the record commits to, tries the next.
   *
   * @throws KekException.Rejected if every configured recipient refused
   * @throws KekException otherwise what kept the last one that might have unwrapped from it
   */
  Dek unwrap(DekRecord record, Deadline deadline) throws KekException {
    KekException failure = new KekException.Rejected("no configured KEK made this record");
    for (Recipient recipient : record.recipients()) {
      Optional<ConfiguredKek> configured = kekOf(recipient);
      if (configured.isEmpty()) {
        continue;
      }
      try (KeyMaterial master = configured.get().kek().unwrap(recipient.wrapped(), deadline)) {
        if (derivation.commitment(master).equals(record.commitment())) {
          return dek(master, record);
        }
      } catch (KekException e) {
        failure = e instanceof KekException.Rejected ? failure : e;
      }
    }
    throw failure;
  }
}
