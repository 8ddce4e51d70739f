// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.KekHealth;
import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.time.Ticker;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether seeds may be sealed, as far as the write KEK is concerned: what Status and Encrypt ask,
 * from memory. Thread-safe.
 */
final class WriteGate {
  private final KekMember write;
  private final OutageLimits limits;
  private final Ticker ticker;
  private final Suspension suspension;
  private final BooleanSupplier rolledBack;

  /** {@code rolledBack} says whether the KEK has lost the version in use. */
  WriteGate(
      KekMember write,
      OutageLimits limits,
      Ticker ticker,
      Suspension suspension,
      BooleanSupplier rolledBack) {
    this.write = write;
    this.limits = limits;
    this.ticker = ticker;
    this.suspension = suspension;
    this.rolledBack = rolledBack;
  }

  /** Returns what forbids sealing, or null. */
  @Nullable Obstacle obstacle() {
    if (suspension.isSuspected()) {
      return Obstacle.KEK_UNCONFIRMED;
    }
    KekHealth health = write.kek().health();
    long now = ticker.nanos();
    if (!health.mayEncrypt(now, limits)) {
      return reason(health, health.phase(now));
    }
    return rolledBack.getAsBoolean() ? Obstacle.KEK_ROLLED_BACK : null;
  }

  // Before the first answer of the KEK, the keyring has the reason: starting.
  private static @Nullable Obstacle reason(KekHealth health, Phase phase) {
    return switch (phase) {
      case COLD -> health.setback().map(Obstacle::of).orElse(null);
      case REVOKED -> Obstacle.KEK_REVOKED;
      case HEALTHY, DEGRADED -> health.setback().map(Obstacle::of).orElse(Obstacle.KEK_UNCONFIRMED);
    };
  }
}
