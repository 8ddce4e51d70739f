// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The filter of system calls, as the classic BPF that the kernel takes: those of {@link
 * Machine#filtered()} fail with EPERM, and so does every call of another architecture's table;
 * whatever else is let through. A whole allow-list is the container's business
 * (deploy/seccomp/bulla.json): here it would be a guess about each later JDK.
 */
final class CallFilter {
  static final int INSTRUCTION_BYTES = 8;

  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;

  /** Offsets in struct seccomp_data. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;

  private static final int ALLOW = 0x7FFF0000;
  private static final int FAIL_WITH_EPERM = 0x00050001;

  /** Calls of x86-64's x32 table have this bit; no other table reaches it. */
  private static final int X32_BIT = 0x40000000;

  private static final int INSTRUCTIONS_AROUND = 6;

  private CallFilter() {}

  /** Returns the instructions, struct sock_filter each: code u16, jt u8, jf u8, k u32. */
  static byte[] program(Machine machine) {
    int calls = machine.filtered().size();
    ByteBuffer out =
        ByteBuffer.allocate((calls + INSTRUCTIONS_AROUND) * INSTRUCTION_BYTES)
            .order(ByteOrder.nativeOrder());
    // Jumps count the instructions that are left out; the last one refuses.
    put(out, LOAD_WORD, 0, 0, ARCHITECTURE);
    put(out, JUMP_IF_EQUAL, 0, calls + 3, machine.auditArch());
    put(out, LOAD_WORD, 0, 0, NUMBER);
    put(out, JUMP_IF_AT_LEAST, calls + 1, 0, X32_BIT);
    for (int i = 0; i < calls; i++) {
      put(out, JUMP_IF_EQUAL, calls - i, 0, machine.filtered().get(i));
    }
    put(out, RETURN, 0, 0, ALLOW);
    put(out, RETURN, 0, 0, FAIL_WITH_EPERM);
    return out.array();
  }

  private static void put(ByteBuffer out, int code, int ifTrue, int ifFalse, int operand) {
    out.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }
}
