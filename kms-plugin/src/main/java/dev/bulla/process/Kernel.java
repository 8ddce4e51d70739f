// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * System calls through the C library's {@code syscall}. One function of one shape, because each
 * more would cost some 15 ms of the start. Each method returns 0, or the errno of a refusal. For
 * one thread.
 */
final class Kernel implements AutoCloseable {
  private static final int PR_SET_DUMPABLE = 4;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int RLIMIT_CORE = 4;
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;

  /** Without it every page that was only reserved would be filled: four times the memory. */
  private static final int MCL_ONFAULT = 4;

  private static final int MADV_DONTNEED = 4;

  /** Of Linux 5.18 and later; the same for pages that are locked. */
  private static final int MADV_DONTNEED_LOCKED = 24;

  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
  private static final long OWN_PROCESS = 0;

  private final Machine machine;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
  private final MethodHandle syscall;

  @SuppressWarnings("restricted") // The manifest enables native access, as Netty needs it too.
  Kernel(Machine machine) {
    this.machine = machine;
    // C declares it variadic; Linux passes such arguments like any other on both machines, and a
    // handle that says so takes 10 ms more to make.
    Linker linker = Linker.nativeLinker();
    this.syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
  }

  int forbidDumps() {
    return call(machine.prctl(), PR_SET_DUMPABLE, 0, 0, 0);
  }

  /** For the calling thread and those that it will start; the filter's TSYNC carries it to all. */
  int forbidNewPrivileges() {
    return call(machine.prctl(), PR_SET_NO_NEW_PRIVS, 1, 0, 0);
  }

  int forbidCoreFiles() {
    // Soft and hard limit, both zero.
    MemorySegment limits = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
    return call(machine.prlimit(), OWN_PROCESS, RLIMIT_CORE, limits.address(), 0);
  }

  int lockMemory() {
    return call(machine.mlockall(), MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT, 0, 0, 0);
  }

  /** What the process reads there later is read from the file again. */
  int giveBack(MappedFile mapped) {
    int errno = call(machine.madvise(), mapped.start(), mapped.bytes(), MADV_DONTNEED_LOCKED, 0);
    return errno == 0
        ? 0
        : call(machine.madvise(), mapped.start(), mapped.bytes(), MADV_DONTNEED, 0);
  }

  /** Puts the filter on every thread of the process; they must have no new privileges. */
  int filterCalls() {
    byte[] program = CallFilter.program(machine);
    MemorySegment code = arena.allocate(program.length, JAVA_LONG.byteAlignment());
    code.asByteBuffer().put(program);
    // struct sock_fprog: number of instructions, padding, their address.
    MemorySegment header = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
    ByteBuffer fields = header.asByteBuffer().order(ByteOrder.nativeOrder());
    fields.putShort(0, (short) (program.length / CallFilter.INSTRUCTION_BYTES));
    fields.putLong(Long.BYTES, code.address());
    return call(
        machine.seccomp(), SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, header.address(), 0);
  }

  private int call(long number, long first, long second, long third, long fourth) {
    long result;
    try {
      result = (long) syscall.invokeExact(state, number, first, second, third, fourth, 0L);
    } catch (Throwable e) {
      // A method handle may declare anything; this one throws nothing but what a defect would.
      throw new IllegalStateException("a system call cannot be made", e);
    }
    // A filter that cannot be put on a thread gives that thread's id and no errno.
    return result == 0 ? 0 : Math.max(1, errno());
  }

  private int errno() {
    return state.asByteBuffer().order(ByteOrder.nativeOrder()).getInt(0);
  }

  @Override
  public void close() {
    arena.close();
  }
}
