// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Owns a journal and appends numbered records for as long as it lives, which are compacted again
 * and again because all but the newest are dropped. Arguments: the path, the first number, and
 * where to stop, if at all. Prints each number once its record is appended.
 */
final class AppendProcess {
  /** How many records are not dropped. */
  static final int KEPT = 8;

  private static final int BYTES = 700;

  private AppendProcess() {}

  static byte[] record(long number) {
    return (number + ".".repeat(BYTES)).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the number of a record, which must be whole. */
  static long number(byte[] record) {
    String text = new String(record, StandardCharsets.UTF_8);
    long number = Long.parseLong(text.substring(0, text.length() - BYTES));
    if (!text.equals(new String(record(number), StandardCharsets.UTF_8))) {
      throw new AssertionError("not whole: " + text);
    }
    return number;
  }

  public static void main(String[] args) {
    long first = Long.parseLong(args[1]);
    long end = args.length > 2 ? Long.parseLong(args[2]) : first + 1_000_000;
    RecordedEvents events = new RecordedEvents();
    try (Journal journal = Journal.open(Path.of(args[0]), events)) {
      journal.own();
      journal.records().stream()
          .filter(record -> number(record) < first - KEPT)
          .forEach(journal::drop);
      for (long number = first; number < end; number++) {
        journal.append(record(number));
        System.out.println(number);
        System.out.flush();
        journal.drop(record(number - KEPT));
      }
    }
    if (!events.take().isEmpty()) {
      throw new AssertionError("trouble was told");
    }
  }
}
