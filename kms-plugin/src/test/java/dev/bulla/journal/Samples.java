// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Records that are told apart by their text, and files made of them by hand. */
final class Samples {
  private Samples() {}

  static byte[] record(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static List<String> texts(Journal journal) {
    return journal.records().stream()
        .map(record -> new String(record, StandardCharsets.UTF_8))
        .toList();
  }

  /** What another process would read. */
  static List<String> texts(Path path) {
    try (Journal journal = Journal.open(path, new RecordedEvents())) {
      return texts(journal);
    }
  }

  static void append(Journal journal, String... texts) {
    for (String text : texts) {
      journal.append(record(text));
    }
  }

  /** Returns a whole file. */
  static byte[] file(String... texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(RecordFormat.header());
    for (String text : texts) {
      out.writeBytes(RecordFormat.encode(ByteBuffer.wrap(record(text))).array());
    }
    return out.toByteArray();
  }
}
