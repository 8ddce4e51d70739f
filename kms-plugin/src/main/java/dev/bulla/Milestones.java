// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.envelope.KeyId;
import dev.bulla.events.QuietListener;
import dev.bulla.time.Bell;

/** Rings for what a start waits for, so that nobody has to look for it. Thread-safe. */
final class Milestones extends QuietListener {
  private final Bell bell;

  Milestones(Bell bell) {
    this.bell = bell;
  }

  @Override
  public void waiting(String endpoint, String owner) {
    bell.ring();
  }

  @Override
  public void published(String endpoint) {
    bell.ring();
  }

  @Override
  public void dekAdopted(KeyId keyId, boolean partial) {
    bell.ring();
  }

  @Override
  public void warmedUp() {
    bell.ring();
  }
}
