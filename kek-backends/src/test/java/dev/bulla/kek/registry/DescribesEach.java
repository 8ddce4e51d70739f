// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.registry;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsDocument;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Opens the KEKs of the files, each named like its backend, and prints whether each answers. */
final class DescribesEach {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private DescribesEach() {}

  public static void main(String[] files) throws Exception {
    for (String file : files) {
      Path path = Path.of(file);
      System.out.println(answer(path.getFileName().toString().split("-", -1)[0], path));
    }
  }

  private static String answer(String backend, Path file) throws Exception {
    Problems problems = new Problems();
    var block = SettingsDocument.parse(Files.readAllBytes(file), problems).orElseThrow();
    var opener = Backends.named(backend).orElseThrow().read(block);
    try (Kek kek = opener.orElseThrow().open("s")) {
      return describedInTheEnd(kek);
    }
  }

  // A first call loads what it needs, which can take longer than a call may.
  private static String describedInTheEnd(Kek kek) {
    Deadline end = Deadline.after(LONGEST, Ticker.system());
    String last = "";
    while (!end.expired()) {
      try {
        var _ = kek.describe(Deadline.after(Duration.ofSeconds(5), Ticker.system()));
        return "described";
      } catch (KekException e) {
        last = String.valueOf(e.getMessage());
        if (last.contains("TLS")) {
          return last;
        }
      }
    }
    return last;
  }
}
