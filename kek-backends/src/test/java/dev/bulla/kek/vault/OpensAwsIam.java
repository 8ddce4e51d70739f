// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the {@code vault} block of a file; with a second argument, also tries to log in. */
final class OpensAwsIam {
  private OpensAwsIam() {}

  public static void main(String[] arguments) throws Exception {
    String yaml = Files.readString(Path.of(arguments[0]));
    try (Kek kek = VaultKek.open(BaoKey.settings(yaml), "s")) {
      if (arguments.length > 1) {
        var _ = kek.describe(FakeFixture.soon());
      }
    } catch (KekException _) {
      System.out.println("no login");
    }
  }
}
