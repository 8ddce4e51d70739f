// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JVM's own library in another process. */
public final class JvmLibrary {
  private JvmLibrary() {}

  /** Returns how much of it is in that process's memory. */
  public static long residentKilobytes(long pid) throws IOException {
    boolean library = false;
    long sum = 0;
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        library = line.endsWith("/libjvm.so");
      } else if (library && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return sum;
  }
}
