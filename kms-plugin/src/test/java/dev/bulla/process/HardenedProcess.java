// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.io.IOException;

/**
 * Hardens itself. Prints the exit code of {@code unshare -U true} before and after, with the
 * summary in between, then waits for its input to end.
 */
final class HardenedProcess {
  private HardenedProcess() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println(unshare());
    Hardening hardening = Hardener.apply();
    System.out.println(hardening.isComplete() + " " + hardening.summary());
    System.out.println(unshare());
    var _ = System.in.read();
  }

  // Anybody may make a user namespace, but for hosts that forbid it.
  private static int unshare() throws IOException, InterruptedException {
    return new ProcessBuilder("unshare", "-U", "true")
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
