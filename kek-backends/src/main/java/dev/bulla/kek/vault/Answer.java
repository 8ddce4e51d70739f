// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** An answer of the service that another address would not give differently. Not thread-safe. */
final class Answer implements AutoCloseable {
  private final int status;
  private final Optional<Instant> serviceTime;
  private final byte[] body;

  /** Takes ownership of {@code body}, which {@link #close()} wipes. */
  Answer(int status, Optional<Instant> serviceTime, byte[] body) {
    this.status = status;
    this.serviceTime = serviceTime;
    this.body = body;
  }

  int status() {
    return status;
  }

  /** Returns what the service's clock showed, to the second; empty if it does not say. */
  Optional<Instant> serviceTime() {
    return serviceTime;
  }

  /** Returns the body as a JSON object, if it is one; the caller closes it. */
  Optional<Json> json() {
    return Json.parse(body);
  }

  @Override
  public void close() {
    Arrays.fill(body, (byte) 0);
  }

  @Override
  public String toString() {
    return "Answer(" + status + ", " + body.length + " bytes)";
  }
}
