// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel says of a process, locked into memory where it may be, that gives pages back. */
@Timeout(60)
final class ColdPagesTest {
  @Test
  void giveBack_leavesLessOfTheJvmInMemory() throws Exception {
    Process child = SmallJvm.start(GivingProcess.class);
    try (var output = child.inputReader();
        var input = child.outputWriter()) {
      assertThat(output.readLine()).isEqualTo("started");
      long before = JvmLibrary.residentKilobytes(child.pid());
      input.write('\n');
      input.flush();
      assertThat(output.readLine()).isEqualTo(new Outcome.Applied().toString());
      // A third of it was gone when it was measured.
      assertThat(JvmLibrary.residentKilobytes(child.pid())).isLessThan(before * 9 / 10);
      input.write('\n');
      input.flush();
      assertThat(output.readLine()).isEqualTo("alive");
    } finally {
      child.destroyForcibly();
    }
  }
}
