// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekDescription;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.kek.KekIdentity;
import dev.bulla.kek.KekState;
import dev.bulla.kek.KekType;
import dev.bulla.kek.KekVersion;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.Lp16;
import dev.bulla.kek.WrappedKey;
import dev.bulla.kek.vault.VaultSettings.KeyName;
import dev.bulla.time.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A KEK in the transit engine of Vault or OpenBao. Thread-safe.
 *
 * <p>A master is wiped wherever Bulla holds it: in requests, in answers, and in the JSON parser's
 * buffers. The HTTP client and TLS make copies that cannot be reached; they stay in the heap until
 * they are overwritten.
 */
final class VaultKek implements Kek {
  private final KeyName key;
  private final KekIdentity identity;
  private final VaultConnection connection;
  private final Transit transit;
  private final Notices notices;
  private final Lineage lineage = new Lineage();
  private final Diagnosis diagnosis;
  private final AtomicBoolean grantsChecked = new AtomicBoolean();
  private volatile boolean namespaceProved;

  VaultKek(KeyName key, String scope, VaultConnection connection, Notices notices) {
    this.key = key;
    this.identity = identity(key);
    this.connection = connection;
    this.transit = new Transit(connection, key, scope);
    this.notices = notices;
    this.diagnosis = new Diagnosis(this::facts, notices);
    this.namespaceProved = key.namespace().isEmpty();
  }

  /**
   * Opens the key for one scope; connects and logs in at the first call.
   *
   * @throws KekException.Unavailable if a certificate's file cannot be read
   */
  static VaultKek open(VaultSettings settings, String scope) throws KekException.Unavailable {
    return open(settings, scope, Notices.logged());
  }

  static VaultKek open(VaultSettings settings, String scope, Notices notices)
      throws KekException.Unavailable {
    if (!Tls.files(settings.network()).isEmpty()) {
      var _ = Tls.context(settings.network());
    }
    return new VaultKek(settings.key(), scope, new VaultConnection(settings, notices), notices);
  }

  private static KekIdentity identity(KeyName key) {
    byte[] value =
        Lp16.join(
            Lp16.of(key.clusterLabel()),
            Lp16.of(key.namespace()),
            Lp16.of(key.mount()),
            Lp16.of(key.key()));
    return new KekIdentity(KekType.TRANSIT, Bytes.copyFrom(value));
  }

  @Override
  public KekIdentity identity() {
    return identity;
  }

  /**
   * Wraps under {@code version}, which need not be the latest. The key is read before, so that none
   * is made by accident and no other kind of key sees the master; and after, so that the blob is
   * known to be of that version.
   */
  @Override
  public WrappedKey wrap(KeyMaterial master, KekVersion version, Deadline deadline)
      throws KekException {
    if (master.size() != MASTER_BYTES) {
      throw new IllegalArgumentException(
          "a master has " + MASTER_BYTES + " bytes: " + master.size());
    }
    Deadline until = VaultConnection.bounded(deadline);
    TransitVersion wanted = TransitVersion.of(version);
    requireMayWrap(wanted, facts(until));
    Optional<Bytes> blob = transit.encrypt(master, wanted.number(), until);
    requireMayWrap(wanted, facts(until));
    if (blob.isEmpty()) {
      throw new KekException.Untrustworthy("encrypt is refused for a key that looks well");
    }
    return new WrappedKey(version, blob.get());
  }

  private static void requireMayWrap(TransitVersion wanted, KeyFacts facts) throws KekException {
    if (facts.softDeleted()) {
      throw new KekException.Revoked(Reason.DISABLED);
    }
    if (wanted.number() < facts.minEncryption() || wanted.number() < facts.minDecryption()) {
      throw new KekException.Denied(
          "the key's min_encryption_version or min_decryption_version forbids the version that"
              + " should wrap");
    }
    Optional<TransitVersion> there = facts.version(wanted.number());
    if (there.isEmpty() || !there.get().equals(wanted)) {
      throw new KekException.Revoked(Reason.RECREATED);
    }
  }

  @Override
  public KeyMaterial unwrap(WrappedKey wrapped, Deadline deadline) throws KekException {
    Deadline until = VaultConnection.bounded(deadline);
    TransitVersion version = TransitVersion.of(wrapped.version());
    if (Transit.isImpossible(wrapped.blob().size())) {
      throw new KekException.Rejected("the blob does not have the size of a transit one");
    }
    if (!namespaceProved) {
      var _ = facts(until);
    }
    Ciphertext ciphertext = new Ciphertext(version.number(), wrapped.blob());
    Optional<KeyMaterial> master = transit.decrypt(ciphertext, until);
    if (master.isEmpty()) {
      throw diagnosis.of(version, until);
    }
    return master.get();
  }

  /** {@inheritDoc} A key that is soft-deleted is disabled: it can be restored. */
  @Override
  public KekDescription describe(Deadline deadline) throws KekException {
    Deadline until = VaultConnection.bounded(deadline);
    KeyFacts facts = facts(until);
    List<TransitVersion> versions = versions(facts);
    notices.of(facts, versions.getFirst().number());
    checkGrants(until);
    return new KekDescription(
        identity,
        versions.stream().map(TransitVersion::dated).toList(),
        facts.softDeleted() ? KekState.DISABLED : KekState.ENABLED,
        facts.serviceTime());
  }

  private List<TransitVersion> versions(KeyFacts facts) throws KekException.Untrustworthy {
    if (key.pinned() == 0) {
      return facts.wrapping();
    }
    Optional<TransitVersion> pinned = facts.version(key.pinned());
    if (pinned.isEmpty()) {
      throw new KekException.Untrustworthy(
          "the key has no such version as the pinned one, or it may no longer decrypt");
    }
    return List.of(pinned.get());
  }

  private KeyFacts facts(Deadline deadline) throws KekException {
    KeyFacts facts = transit.facts(deadline);
    proveNamespace(deadline);
    lineage.observe(facts);
    return facts;
  }

  // After a read that succeeded: a refusal then tells of the namespace and not of the token.
  private void proveNamespace(Deadline deadline) throws KekException {
    if (namespaceProved) {
      return;
    }
    if (!transit.honoursNamespaces(deadline)) {
      throw new KekException.Untrustworthy(
          "the service ignores the namespace, as Vault's free edition does, and would use a key of"
              + " its root namespace; remove 'namespace', or use a service that has them");
    }
    namespaceProved = true;
  }

  // Once, and in vain where the token may not ask: it is advice.
  private void checkGrants(Deadline deadline) {
    if (grantsChecked.compareAndSet(false, true)) {
      try {
        notices.note(Notice.CREATE_GRANTED, transit.mayCreate(deadline));
      } catch (KekException _) {
        grantsChecked.set(false);
      }
    }
  }

  @Override
  public Optional<Instant> credentialsExpireAt() {
    return connection.credentialsExpireAt();
  }

  @Override
  public void close() {
    connection.close();
  }
}
