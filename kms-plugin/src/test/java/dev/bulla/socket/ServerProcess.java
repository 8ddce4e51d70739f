// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An instance in a process of its own. Arguments: its name, the path, a group or nothing. Prints
 * {@code started}, then {@code waiting} or {@code published}; ends in order with its input.
 */
final class ServerProcess {
  private ServerProcess() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    SocketSettings settings = Instance.settings(Path.of(args[1]));
    try (Instance instance =
        Instance.start(
            args[0], args.length > 2 ? Instance.withGroup(settings, args[2]) : settings)) {
      print("started");
      var publishing = instance.publishing();
      if (tellNext(instance).equals("waiting")) {
        var _ = tellNext(instance);
      }
      publishing.join();
      var _ = System.in.read();
    }
  }

  private static String tellNext(Instance instance) throws InterruptedException {
    String name = instance.events().take().name();
    print(name);
    return name;
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
