// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How the socket is offered.
 *
 * @param address where
 * @param mode of the socket file; connecting needs write permission
 * @param group name or number of its group; empty keeps the process's own
 * @param allowedUids who may connect; this process itself always may
 * @param whenBusy what to do while another instance owns the address
 */
public record SocketSettings(
    SocketAddressSpec address,
    Set<PosixFilePermission> mode,
    Optional<String> group,
    Set<Long> allowedUids,
    WhenBusy whenBusy) {
  /** Copies the sets and checks that nothing is missing. */
  public SocketSettings {
    Objects.requireNonNull(address, "address");
    mode = Set.copyOf(mode);
    Objects.requireNonNull(group, "group");
    allowedUids = Set.copyOf(allowedUids);
    Objects.requireNonNull(whenBusy, "whenBusy");
  }

  /** What a second instance does. */
  public enum WhenBusy {
    /** Warms up, waits for the first one's end, takes over. */
    WAIT,
    /** Ends at once, with an error. */
    FAIL
  }
}
