// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a journal's bytes hold.
 *
 * @param records the newest that are readable, each once, oldest first, at most {@link
 *     Journal#MOST_RECORDS}
 * @param count how many readable ones there are in all
 * @param end where the next record belongs, in bytes from the beginning: behind the last whole one
 * @param unreadable how many were skipped; a part without recognisable records counts as one
 * @param why what is wrong with the last that was skipped, or empty
 */
record Contents(List<ByteBuffer> records, int count, long end, int unreadable, String why) {
  static final Contents NONE = new Contents(List.of(), 0, 0, 0, "");

  Contents {
    records = List.copyOf(records);
    if (count < records.size() || end < 0 || unreadable < 0) {
      throw new IllegalArgumentException(count + ", " + end + ", " + unreadable);
    }
  }

  /** Whether records may be appended: there is a header, and no damage that would hide them. */
  boolean isSound() {
    return end > 0 && unreadable == 0;
  }
}
