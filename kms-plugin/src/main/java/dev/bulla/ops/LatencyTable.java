// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Latencies by two closed vocabularies. To find one allocates nothing. Thread-safe. */
final class LatencyTable<R extends Enum<R>, C extends Enum<C>> {
  private final Map<R, Map<C, Latencies>> rows;

  LatencyTable(Class<R> rows, Class<C> columns) {
    this.rows = new EnumMap<>(rows);
    for (R row : rows.getEnumConstants()) {
      Map<C, Latencies> cells = new EnumMap<>(columns);
      for (C column : columns.getEnumConstants()) {
        cells.put(column, new Latencies());
      }
      this.rows.put(row, cells);
    }
  }

  Latencies at(R row, C column) {
    return Objects.requireNonNull(Objects.requireNonNull(rows.get(row)).get(column));
  }
}
