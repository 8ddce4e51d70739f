// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What of the JVM's library and of the archive of classes was only needed to start. These are pages
 * of files, without secrets, that the process has not changed: the kernel can read them again at
 * any time.
 */
public final class ColdPages {
  private ColdPages() {}

  /**
   * Takes them all out of this process's memory, locked or not. Those that it still uses come back
   * one by one as it touches them, mostly from the kernel's cache, and are locked again if memory
   * is. Takes 20 to 130 ms of one core, as measured. May be called at any time, by any thread.
   */
  public static Outcome giveBack() {
    return Machine.named(System.getProperty("os.arch", ""))
        .map(ColdPages::giveBackOn)
        .orElseGet(() -> new Outcome.NotTried("the architecture is neither x86-64 nor aarch64"));
  }

  private static Outcome giveBackOn(Machine machine) {
    try (Kernel kernel = new Kernel(machine)) {
      Optional<Integer> refused =
          MappedFile.unchanged(Files.readAllLines(Path.of("/proc/self/smaps"))).stream()
              .map(kernel::giveBack)
              .filter(errno -> errno != 0)
              .findFirst();
      return refused.<Outcome>map(Outcome.Refused::new).orElseGet(Outcome.Applied::new);
    } catch (IOException e) {
      return new Outcome.NotTried("the list of mappings cannot be read: mount /proc");
    } catch (RuntimeException e) {
      return new Outcome.NotTried("memory cannot be given back: " + e);
    }
  }
}
