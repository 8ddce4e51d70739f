// SPDX-License-Identifier: Apache-2.0
package dev.bulla.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The uid of this process, from the kernel's own account of it: Java has no call for it. */
public final class ProcessUid {
  private static final long NONE = -1;

  private ProcessUid() {}

  /**
   * Returns the effective uid, or -1, which no file and no peer has, where {@code /proc} is not
   * mounted.
   */
  public static long own() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("Uid:"))
          .map(line -> line.split("\\s+", -1))
          .filter(fields -> fields.length > 2)
          .mapToLong(fields -> Long.parseLong(fields[2]))
          .findFirst()
          .orElse(NONE);
    } catch (IOException _) {
      return NONE;
    }
  }
}
