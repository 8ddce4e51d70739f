// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the service says of a key.
 *
 * @param latest number of the newest version
 * @param created Unix seconds of each version that may still decrypt, by number
 * @param minDecryption lowest version that may decrypt
 * @param minEncryption lowest version that may encrypt; 0 if every one may that may decrypt
 * @param softDeleted whether it is switched off until somebody restores it; OpenBao only
 * @param serviceTime what the service's clock showed then; empty if it does not say
 */
record KeyFacts(
    long latest,
    SortedMap<Long, Long> created,
    long minDecryption,
    long minEncryption,
    boolean deletionAllowed,
    boolean plaintextBackup,
    boolean softDeleted,
    Optional<Instant> serviceTime) {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,9}");

  private static final String CREATE =
      "; create a key of type aes256-gcm96 that is neither derived nor convergent nor exportable:"
          + " a new key of this kind, under a new name";

  /**
   * Reads the answer about the key {@code name}.
   *
   * @throws KekException.Untrustworthy if it is about another key, lacks a field, or describes a
   *     key that must not be used; the message says which to create
   */
  static KeyFacts of(Json json, String name, Optional<Instant> serviceTime)
      throws KekException.Untrustworthy {
    if (!json.text("data", "name").orElse("").equals(name)) {
      throw new KekException.Untrustworthy("the answer describes another key than was named");
    }
    requireKind(json);
    SortedMap<Long, Long> created = new TreeMap<>();
    for (String version : json.keys("data", "keys")) {
      OptionalLong at = json.number("data", "keys", version);
      if (!NUMBER.matcher(version).matches() || at.isEmpty() || at.getAsLong() < 0) {
        throw unreadable();
      }
      created.put(Long.parseLong(version), at.getAsLong());
    }
    KeyFacts facts =
        new KeyFacts(
            required(json, "latest_version"),
            created,
            required(json, "min_decryption_version"),
            required(json, "min_encryption_version"),
            requiredFlag(json, "deletion_allowed"),
            json.flag("data", "allow_plaintext_backup").orElse(false),
            json.flag("data", "soft_deleted").orElse(false),
            serviceTime);
    if (!created.containsKey(facts.latest) || created.lastKey() > TransitVersion.MOST) {
      throw unreadable();
    }
    return facts;
  }

  private static void requireKind(Json json) throws KekException.Untrustworthy {
    if (!json.text("data", "type").orElseThrow(KeyFacts::unreadable).equals("aes256-gcm96")) {
      throw new KekException.Untrustworthy("the key is of another type than aes256-gcm96" + CREATE);
    }
    // Convergent keys with associated data use a GCM nonce twice.
    boolean convergent = json.flag("data", "convergent_encryption").orElse(false);
    if (convergent || requiredFlag(json, "derived")) {
      throw new KekException.Untrustworthy("the key is derived or convergent" + CREATE);
    }
    if (requiredFlag(json, "exportable")) {
      throw new KekException.Untrustworthy(
          "the key is exportable, so that its bytes can be read and kept" + CREATE);
    }
  }

  private static long required(Json json, String field) throws KekException.Untrustworthy {
    OptionalLong value = json.number("data", field);
    if (value.isEmpty() || value.getAsLong() < 0) {
      throw unreadable();
    }
    return value.getAsLong();
  }

  private static boolean requiredFlag(Json json, String field) throws KekException.Untrustworthy {
    return json.flag("data", field).orElseThrow(KeyFacts::unreadable);
  }

  private static KekException.Untrustworthy unreadable() {
    return new KekException.Untrustworthy("the description of the key lacks what every one has");
  }

  /** Returns the version of that number; empty if there is none, or it may no longer decrypt. */
  Optional<TransitVersion> version(long number) {
    return Optional.ofNullable(created.get(number)).map(at -> new TransitVersion(number, at));
  }

  /** Returns the latest version, then the earlier ones that may still wrap, newest first. */
  List<TransitVersion> wrapping() {
    long least = Math.max(minEncryption, minDecryption);
    return created.reversed().entrySet().stream()
        .filter(each -> each.getKey() == latest || isBetween(least, each.getKey(), latest))
        .map(each -> new TransitVersion(each.getKey(), each.getValue()))
        .toList();
  }

  private static boolean isBetween(long least, long number, long below) {
    return least <= number && number < below;
  }
}
