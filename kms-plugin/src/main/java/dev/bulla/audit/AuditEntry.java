// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import dev.bulla.lines.Field;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One thing that happened.
 *
 * @param time when
 * @param event what, in a word that is stable and documented
 * @param fields the rest of it, in the order in which they are written
 */
record AuditEntry(Instant time, String event, List<Field> fields) {
  /** Most fields: what bounds a line. */
  static final int MOST_FIELDS = 12;

  AuditEntry {
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(event, "event");
    fields = List.copyOf(fields);
    if (fields.size() > MOST_FIELDS
        || fields.stream().anyMatch(field -> field.value().length() > Field.MOST_CHARACTERS)) {
      throw new IllegalArgumentException("more than a line has room for");
    }
  }
}
