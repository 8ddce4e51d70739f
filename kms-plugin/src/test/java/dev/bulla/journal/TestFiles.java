// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files as the journal would have left them, or nearly so. */
final class TestFiles {
  private TestFiles() {}

  /** Writes a file with mode 0600. */
  static void write(Path path, byte[] bytes) throws IOException {
    var _ = Files.write(path, bytes);
    chmod(path, "rw-------");
  }

  static void chmod(Path path, String mode) throws IOException {
    var _ = Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
