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
import org.jspecify.annotations.Nullable;

/**
 * System calls through the C library's {@code syscall}. One function of one shape, because each
 * more would cost some 15 ms of the start; one that also keeps errno is made when a call is
 * refused. Each method returns 0, or the errno of a refusal. For one thread.
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
  private final MethodHandle syscall;
  private @Nullable MethodHandle telling;

  Kernel(Machine machine) {
    this.machine = machine;
    this.syscall = syscall();
  }

  // C declares it variadic; Linux passes such arguments like any other on both machines, and a
  // handle that says so takes 10 ms more to make.
  @SuppressWarnings("restricted") // The manifest enables native access, as Netty needs it too.
  private static MethodHandle syscall(Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        options);
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
    long start = mapped.start();
    return result(machine.madvise(), start, mapped.bytes(), MADV_DONTNEED_LOCKED, 0) == 0
        ? 0
        : call(machine.madvise(), start, mapped.bytes(), MADV_DONTNEED, 0);
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
    return result(number, first, second, third, fourth) == 0
        ? 0
        : errno(number, first, second, third, fourth);
  }

  private long result(long number, long first, long second, long third, long fourth) {
    try {
      return (long) syscall.invokeExact(number, first, second, third, fourth, 0L);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  // The same call again: each of them may be made twice.
  private int errno(long number, long first, long second, long third, long fourth) {
    MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    long result;
    try {
      result = (long) telling().invokeExact(state, number, first, second, third, fourth, 0L);
    } catch (Throwable e) {
      throw impossible(e);
    }
    int errno = state.asByteBuffer().order(ByteOrder.nativeOrder()).getInt(0);
    // A filter that cannot be put on a thread gives that thread's id and no errno.
    return result == 0 ? 0 : Math.max(1, errno);
  }

  private MethodHandle telling() {
    if (telling == null) {
      telling = syscall(Linker.Option.captureCallState("errno"));
    }
    return telling;
  }

  // A method handle may declare anything; these throw nothing but what a defect would.
  private static IllegalStateException impossible(Throwable e) {
    return new IllegalStateException("a system call cannot be made", e);
  }

  @Override
  public void close() {
    arena.close();
  }
}
