// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

/** What a KEK can be relied on for. */
public enum Phase {
  /** Nothing succeeded since the start. */
  COLD,
  /** Confirmed within the last two minutes. */
  HEALTHY,
  /** Not confirmed of late; what it wrapped is used for as long as {@link OutageLimits} allows. */
  DEGRADED,
  /** The service says that the key was taken away. */
  REVOKED
}
