// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KekException.Revoked.Reason;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a blob does not open: its fault, or the key's. It asks what the key is, at most
 * once a second, so that a flood of bad blobs is not doubled on its way. Thread-safe.
 *
 * <p>What a record claims never condemns the key: whoever can write a record could otherwise stop
 * every writer by naming a version that was never there. A re-created key is known by what this
 * process saw of it before.
 */
final class Diagnosis {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Reader reader;
  private final Notices notices;
  private @Nullable KeyFacts facts;
  private Deadline freshUntil = Deadline.after(Duration.ZERO, Ticker.system());

  /** Reads what the key is. */
  @FunctionalInterface
  interface Reader {
    KeyFacts read(Deadline deadline) throws KekException;
  }

  Diagnosis(Reader reader, Notices notices) {
    this.reader = reader;
    this.notices = notices;
  }

  /**
   * Returns why a record of {@code version} did not open.
   *
   * @throws KekException if the key itself is at fault, or cannot be read
   */
  KekException of(TransitVersion version, Deadline deadline) throws KekException {
    KeyFacts now = facts(deadline);
    if (now.softDeleted()) {
      return new KekException.Revoked(Reason.DISABLED);
    }
    if (version.number() < now.minDecryption()) {
      notices.note(Notice.OLD_VERSIONS_CLOSED, true);
      return new KekException.Denied(
          "the key's min_decryption_version forbids the version of this record; lower it until"
              + " every object was rewritten");
    }
    boolean known = now.version(version.number()).filter(version::equals).isPresent();
    if (!known) {
      // Callers hear no more than that it was refused, so the log is where the cause can be told.
      notices.note(Notice.ANOTHER_KEY, true);
    }
    return new KekException.Rejected(
        known
            ? "the blob was not made by this key for this scope, or was altered"
            : "the record names a version that this key never had: it was altered, or the key was"
                + " deleted and made again under the same name");
  }

  private KeyFacts facts(Deadline deadline) throws KekException {
    KeyFacts known = fresh();
    if (known != null) {
      return known;
    }
    KeyFacts read = reader.read(deadline);
    keep(read);
    return read;
  }

  private synchronized @Nullable KeyFacts fresh() {
    return freshUntil.expired() ? null : facts;
  }

  private synchronized void keep(KeyFacts read) {
    facts = read;
    freshUntil = Deadline.after(FRESH, Ticker.system());
  }
}
