// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.envelope.KeyId;
import dev.bulla.health.CallOutcome;
import dev.bulla.kek.KekException;
import dev.bulla.lines.Field;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The fields of log and audit lines (docs/operate.md): one name and one form for each thing, and
 * nothing secret in any of them.
 */
final class LineFields {
  /** A request uid of an API server is a UUID, of 36 characters. */
  private static final int MOST_UID_CHARACTERS = 64;

  /** As many bytes of an annotation's hash as {@code bulla journal show} prints. */
  private static final int DEK_TAG_BYTES = 8;

  private LineFields() {}

  static Field kek(String name) {
    return Field.of("kek", name);
  }

  /** The API server's own form of a key_id in logs and metrics. */
  static Field keyId(String keyId) {
    return Field.of(
        "key_id_hash",
        KeyId.isWellFormed(keyId) ? new KeyId(keyId).hash() : keyId.isEmpty() ? "" : "malformed");
  }

  static Field dek(Bytes annotationSha256) {
    return Field.of(
        "dek", HexFormat.of().formatHex(annotationSha256.toByteArray(), 0, DEK_TAG_BYTES));
  }

  static Field request(String uid) {
    return Field.of("request", Field.printable(uid, MOST_UID_CHARACTERS));
  }

  /**
   * The fields before, why a KEK failed, and the service's own id of the request if it gave one.
   */
  static List<Field> failure(KekException why, Field... before) {
    List<Field> fields = new ArrayList<>(List.of(before));
    fields.add(reason(why));
    fields.add(outcome(CallOutcome.of(why)));
    fields.addAll(kekRequest(why.requestId()));
    return fields;
  }

  static List<Field> kekRequest(String id) {
    return id.isEmpty() ? List.of() : List.of(Field.of("kek_request", id));
  }

  static Field outcome(Enum<?> outcome) {
    return Field.of("outcome", word(outcome));
  }

  static Field reason(Throwable why) {
    return Field.of("reason", String.valueOf(why.getMessage()));
  }

  /** Returns the word that stands for a value of a closed set. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
