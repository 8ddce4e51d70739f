// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.OutageLimits;
import dev.bulla.health.Phase;
import dev.bulla.time.Ticker;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Erases DEKs whose KEK no longer vouches for them: all that a revoked KEK had wrapped, once its
 * grace is over, whatever that KEK was before, and at every look all that no KEK at all lets open.
 * One thread at a time.
 */
final class Eraser {
  private final KekSet keks;
  private final OutageLimits limits;
  private final Keyring keyring;
  private final DekCache cache;
  private final Succession succession;
  private final Ticker ticker;
  private final EnvelopeEvents events;
  private final Runnable scrub;
  private final Set<KekMember> condemned = new HashSet<>();

  /** {@code scrub} overwrites the free heap in the background; it must not block. */
  Eraser(
      KekSet keks,
      OutageLimits limits,
      Keyring keyring,
      DekCache cache,
      Succession succession,
      Ticker ticker,
      EnvelopeEvents events,
      Runnable scrub) {
    this.keks = keks;
    this.limits = limits;
    this.keyring = keyring;
    this.cache = cache;
    this.succession = succession;
    this.ticker = ticker;
    this.events = events;
    this.scrub = scrub;
  }

  /** Erases what is due. */
  void look() {
    long now = ticker.nanos();
    int erased = 0;
    boolean doubted = false;
    for (KekMember member : keks.all()) {
      boolean vouches = member.kek().health().mayOpen(now, limits);
      doubted |= !vouches;
      if (vouches || member.kek().health().phase(now) != Phase.REVOKED) {
        condemned.remove(member);
      } else if (condemned.add(member)) {
        // Once: what another KEK unwraps afterwards is that one's to vouch for.
        erased += erase(dek -> dek.isWrappedBy(member));
      }
    }
    if (doubted) {
      erased += erase(dek -> !dek.mayOpen(now, limits));
    }
    if (erased > 0) {
      events.erased(erased);
      scrub.run();
    }
  }

  private int erase(Predicate<Dek> kind) {
    keyring.eraseIf(kind);
    succession.eraseIf(kind);
    return cache.eraseIf(kind);
  }
}
