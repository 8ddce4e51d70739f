// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A part of a file in this process's memory that the process has not changed and may not write.
 *
 * @param start its address
 * @param bytes its length, whether or not the pages are in memory
 */
record MappedFile(long start, long bytes) {
  private static final int HEX = 16;
  private static final int PERMISSIONS = 1;
  private static final int INODE = 4;

  /** How much of it was changed: in memory, and in swap, which the first does not count. */
  private static final Set<String> CHANGED = Set.of("Anonymous:", "Swap:");

  /**
   * Returns those in the lines of {@code /proc/PID/smaps} (proc_pid_smaps(5)): a head with
   * addresses, permissions, offset, device and inode for each mapping, and then its figures.
   */
  static List<MappedFile> unchanged(List<String> smaps) {
    List<MappedFile> found = new ArrayList<>();
    String[] head = {};
    int zeros = 0;
    for (String line : smaps) {
      String[] words = line.strip().split(" +", -1);
      if (!words[0].endsWith(":")) {
        head = words;
        zeros = 0;
      } else if (CHANGED.contains(words[0])
          && words[1].equals("0")
          && ++zeros == CHANGED.size()
          && isReadOnlyFile(head)) {
        found.add(at(head[0]));
      }
    }
    return found;
  }

  private static boolean isReadOnlyFile(String[] head) {
    return head.length > INODE && head[PERMISSIONS].matches("r-[x-]p") && !head[INODE].equals("0");
  }

  private static MappedFile at(String addresses) {
    int dash = addresses.indexOf('-');
    long start = Long.parseUnsignedLong(addresses, 0, dash, HEX);
    return new MappedFile(
        start, Long.parseUnsignedLong(addresses, dash + 1, addresses.length(), HEX) - start);
  }
}
