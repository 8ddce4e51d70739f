// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import java.util.List;
import java.util.Optional;

/**
 * Numbers of Linux's system calls, which differ between architectures.
 *
 * @param auditArch the architecture in what a filter of calls is shown
 * @param filtered calls that this program never needs: ptrace, process_vm_readv, process_vm_writev,
 *     pidfd_getfd, kcmp, perf_event_open, bpf, userfaultfd, io_uring_setup, mount, umount2,
 *     pivot_root, chroot, unshare, setns, open_by_handle_at, keyctl, add_key, request_key,
 *     init_module, finit_module, kexec_load
 */
record Machine(
    int auditArch,
    long prctl,
    long prlimit,
    long mlockall,
    long seccomp,
    long madvise,
    List<Integer> filtered) {
  private static final Machine X86_64 =
      new Machine(
          0xC000003E,
          157,
          302,
          151,
          317,
          28,
          List.of(
              101, 310, 311, 438, 312, 298, 321, 323, 425, 165, 166, 155, 161, 272, 308, 304, 250,
              248, 249, 175, 313, 246));

  private static final Machine AARCH64 =
      new Machine(
          0xC00000B7,
          167,
          261,
          230,
          277,
          233,
          List.of(
              117, 270, 271, 438, 272, 241, 280, 282, 425, 40, 39, 41, 51, 97, 268, 265, 219, 217,
              218, 105, 273, 104));

  /** Returns the machine that Java calls {@code osArch}; empty if it is another one. */
  static Optional<Machine> named(String osArch) {
    return switch (osArch) {
      case "amd64" -> Optional.of(X86_64);
      case "aarch64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }
}
