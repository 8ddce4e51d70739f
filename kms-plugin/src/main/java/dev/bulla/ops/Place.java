// SPDX-License-Identifier: Apache-2.0
package dev.bulla.ops;

/** Where this process stands with the socket's address. */
enum Place {
  /** It has not asked for the address yet. */
  STARTING,
  /** Another process has the address; this one takes over when that ends. */
  STANDBY,
  /** Clients reach this process. */
  SERVING,
  /** Clients that are connected reach this process; new ones do not find its socket. */
  LOST
}
