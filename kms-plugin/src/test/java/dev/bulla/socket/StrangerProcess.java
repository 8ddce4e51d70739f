// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A client in a process of its own, with our uid but not our pid. Argument: the path. For each line
 * of its input it connects once and prints {@code 1+} when it is sent a byte, or {@code 0} if it is
 * closed before.
 */
final class StrangerProcess {
  private StrangerProcess() {}

  public static void main(String[] args) throws IOException {
    while (System.in.read() >= 0) {
      System.out.println(connect(args[0]));
      System.out.flush();
    }
  }

  private static String connect(String path) throws IOException {
    try (SocketChannel channel = RawConnection.open(Path.of(path))) {
      return RawConnection.isServed(channel) ? "1+" : "0";
    }
  }
}
