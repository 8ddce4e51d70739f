// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KernelTest {
  /** Of madvise(2), for an address that is not a page's. */
  private static final int EINVAL = 22;

  @Test
  void refusal_givesItsErrno_andTheNextOneToo() {
    Machine machine = Machine.named(System.getProperty("os.arch")).orElseThrow();
    try (Kernel kernel = new Kernel(machine)) {
      assertThat(kernel.giveBack(new MappedFile(1, 4096))).isEqualTo(EINVAL);
      assertThat(kernel.giveBack(new MappedFile(1, 4096))).isEqualTo(EINVAL);
    }
  }
}
