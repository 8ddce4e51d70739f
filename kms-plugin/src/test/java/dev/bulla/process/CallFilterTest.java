// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter's instructions, run by an interpreter of the four that it uses. */
final class CallFilterTest {
  private static final int ALLOW = 0x7FFF0000;
  private static final int EPERM = 0x00050001;

  /** More than any architecture has. */
  private static final int MOST = 600;

  private static Machine machine(String osArch) {
    return Machine.named(osArch).orElseThrow();
  }

  private static int verdict(byte[] program, int architecture, int number) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
    int loaded = 0;
    int at = 0;
    while (true) {
      int from = at * CallFilter.INSTRUCTION_BYTES;
      int operand = code.getInt(from + 4);
      at++;
      switch (code.getShort(from)) {
        case 0x20 -> loaded = operand == 4 ? architecture : number;
        case 0x15 -> at += code.get(loaded == operand ? from + 2 : from + 3);
        case 0x35 ->
            at += code.get(Integer.compareUnsigned(loaded, operand) >= 0 ? from + 2 : from + 3);
        case 0x06 -> {
          return operand;
        }
        default -> throw new AssertionError("instruction " + code.getShort(from));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "aarch64"})
  void program_refusesWhatIsListedAndNothingElse(String osArch) {
    Machine machine = machine(osArch);
    byte[] program = CallFilter.program(machine);
    for (int number = 0; number < MOST; number++) {
      assertThat(verdict(program, machine.auditArch(), number))
          .as("call %s", number)
          .isEqualTo(machine.filtered().contains(number) ? EPERM : ALLOW);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "aarch64"})
  void program_refusesEveryOtherTable(String osArch) {
    Machine machine = machine(osArch);
    byte[] program = CallFilter.program(machine);
    assertThat(verdict(program, machine.auditArch() ^ 1, 0)).isEqualTo(EPERM);
    assertThat(verdict(program, machine.auditArch(), 0x40000000)).isEqualTo(EPERM);
    assertThat(verdict(program, machine.auditArch(), -1)).isEqualTo(EPERM);
  }
}
