// SPDX-License-Identifier: Apache-2.0
package dev.bulla.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for keys of 32 bytes in the memory of another process, all of it that is private and
 * writable. A key counts as found if one of its halves is there, as bytes or as the words of an AES
 * key schedule.
 */
public final class MemoryScan {
  private static final int HALF = 16;
  private static final int BUFFER = 1 << 20;

  private record Needle(int key, ByteBuffer half) {}

  private final Map<Long, List<Needle>> byStart = new HashMap<>();
  // Whether some needle begins with these two bytes: all others need no look at the map.
  private final boolean[] begins = new boolean[1 << 16];

  /** Looks for {@code keys}, each of 32 bytes. */
  public MemoryScan(List<byte[]> keys) {
    for (int key = 0; key < keys.size(); key++) {
      for (int from = 0; from < 2 * HALF; from += HALF) {
        byte[] half = Arrays.copyOfRange(keys.get(key), from, from + HALF);
        add(key, half);
        add(key, wordsSwapped(half));
      }
    }
  }

  private void add(int key, byte[] half) {
    ByteBuffer needle = ByteBuffer.wrap(half);
    begins[needle.getShort(0) & 0xFFFF] = true;
    byStart.computeIfAbsent(needle.getLong(0), _ -> new ArrayList<>()).add(new Needle(key, needle));
  }

  private static byte[] wordsSwapped(byte[] half) {
    ByteBuffer out = ByteBuffer.allocate(HALF);
    for (int word = 0; word < HALF; word += 4) {
      out.putInt(Integer.reverseBytes(ByteBuffer.wrap(half).getInt(word)));
    }
    return out.array();
  }

  /** Returns the indices of the keys that are in the memory of process {@code pid}. */
  public Set<Integer> foundIn(long pid) throws IOException {
    Set<Integer> found = new TreeSet<>();
    try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
        // From-to, access, and what does not matter here.
        String[] cells = line.split(" ", 3);
        if (cells[1].startsWith("rw") && cells[1].endsWith("p")) {
          String[] ends = cells[0].split("-", 2);
          search(memory, Long.parseLong(ends[0], 16), Long.parseLong(ends[1], 16), found);
        }
      }
    }
    return found;
  }

  private void search(RandomAccessFile memory, long from, long to, Set<Integer> found)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    // The windows overlap, so that no needle is cut.
    for (long at = from; at < to; at += BUFFER - HALF) {
      int read = read(memory, at, buffer, (int) Math.min(BUFFER, to - at));
      ByteBuffer window = ByteBuffer.wrap(buffer, 0, Math.max(0, read));
      for (int i = 0; i + HALF <= window.limit(); i++) {
        if (begins[window.getShort(i) & 0xFFFF]) {
          match(window.slice(i, HALF), found);
        }
      }
    }
  }

  // What was unmapped since the list was read is gone, with all that was in it.
  private static int read(RandomAccessFile memory, long at, byte[] buffer, int size) {
    try {
      memory.seek(at);
      return memory.read(buffer, 0, size);
    } catch (IOException _) {
      return 0;
    }
  }

  private void match(ByteBuffer here, Set<Integer> found) {
    for (Needle needle : byStart.getOrDefault(here.getLong(0), List.of())) {
      if (needle.half().equals(here)) {
        found.add(needle.key());
      }
    }
  }
}
