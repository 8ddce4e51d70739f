// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 64 KiB that only the child process sees, where the host lets us mount one. */
final class FullDiskTest {
  private static final String MOUNT = "mount -t tmpfs -o size=64k,mode=700 tmpfs \"$0\"";

  @TempDir private Path directory;

  private boolean canMount() throws IOException, InterruptedException {
    try {
      return new ProcessBuilder("unshare", "-m", "sh", "-c", MOUNT, directory.toString())
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void fullAndReadOnlyDisk_areToldAndOutlived() throws IOException, InterruptedException {
    assumeTrue(canMount(), "mounting takes root, and unshare");
    Process process =
        Child.command(
                List.of(
                    "unshare", "-m", "sh", "-c", MOUNT + " && exec \"$@\"", directory.toString()),
                FullDiskProcess.class,
                directory.toString())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
