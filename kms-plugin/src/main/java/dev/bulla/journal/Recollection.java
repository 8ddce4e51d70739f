// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The records in memory, in their order, at most {@link Journal#MOST_RECORDS}, and which of them
 * the file has. Buffers are read-only and compared by their bytes. Not thread-safe.
 */
final class Recollection {
  /**
   * What is known of a record.
   *
   * @param noted whether this process has noted it, not only read it
   * @param onFile whether the file has it
   */
  private record Note(boolean noted, boolean onFile) {}

  /** Oldest first. */
  private SequencedMap<ByteBuffer, Note> notes = new LinkedHashMap<>();

  /** What the file has and shall not have. */
  private final Set<ByteBuffer> dropped = new HashSet<>();

  /** Makes a record the newest. */
  void note(ByteBuffer record) {
    Note known = notes.get(record);
    boolean onFile = dropped.remove(record) || (known != null && known.onFile());
    notes.putLast(record, new Note(true, onFile));
    trim(notes);
  }

  void drop(ByteBuffer record) {
    Note known = notes.remove(record);
    if (known != null && known.onFile()) {
      var _ = dropped.add(record);
    }
  }

  /**
   * Takes in what the file holds now. Whatever this process has noted is newer than all it has
   * read. What was only read before and is no longer there has been left out by the file's owner;
   * but a file without any record has lost them, and they are kept.
   *
   * @param read oldest first
   */
  void merge(List<ByteBuffer> read) {
    Set<ByteBuffer> present = Set.copyOf(read);
    var _ = dropped.retainAll(present);
    SequencedMap<ByteBuffer, Note> merged = new LinkedHashMap<>();
    read.stream()
        .filter(record -> !dropped.contains(record))
        .forEach(record -> merged.putLast(record, new Note(false, true)));
    notes.forEach(
        (record, note) -> {
          if (note.noted() || read.isEmpty()) {
            merged.putLast(record, new Note(note.noted(), present.contains(record)));
          }
        });
    trim(merged);
    notes = merged;
  }

  private static void trim(SequencedMap<ByteBuffer, Note> notes) {
    while (notes.size() > Journal.MOST_RECORDS) {
      var _ = notes.pollFirstEntry();
    }
  }

  /** Returns a copy, oldest first. */
  List<ByteBuffer> all() {
    return List.copyOf(notes.keySet());
  }

  /** Returns a copy, oldest first, of what the file lacks. */
  List<ByteBuffer> unwritten() {
    List<ByteBuffer> unwritten = new ArrayList<>();
    for (Map.Entry<ByteBuffer, Note> entry : notes.entrySet()) {
      if (!entry.getValue().onFile()) {
        unwritten.add(entry.getKey());
      }
    }
    return unwritten;
  }

  boolean hasUnwritten() {
    return notes.values().stream().anyMatch(note -> !note.onFile());
  }

  /** How many records the file has and shall not have. */
  int dropped() {
    return dropped.size();
  }

  /** Takes note that the file has these besides what it had. */
  void appended(Collection<ByteBuffer> records) {
    for (ByteBuffer record : records) {
      if (notes.replace(record, new Note(true, true)) == null) {
        // Dropped, or too old, while it was written.
        var _ = dropped.add(record);
      }
    }
  }

  /** Takes note that the file has these alone. */
  void rewritten(Collection<ByteBuffer> records) {
    dropped.clear();
    notes.replaceAll((_, note) -> new Note(note.noted(), false));
    for (ByteBuffer record : records) {
      Note note = notes.get(record);
      if (note == null) {
        var _ = dropped.add(record);
      } else {
        var _ = notes.replace(record, new Note(note.noted(), true));
      }
    }
  }
}
