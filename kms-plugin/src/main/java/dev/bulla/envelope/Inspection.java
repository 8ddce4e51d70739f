// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.KekHealth;
import dev.bulla.health.OutageLimits;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.Optional;

/** Looks at the envelope without touching it: from memory, no call to a KEK. Thread-safe. */
record Inspection(
    KekSet keks,
    OutageLimits limits,
    Keyring keyring,
    DekCache cache,
    Succession succession,
    Envelopes envelopes,
    Ticker ticker) {
  EnvelopeFacts facts() {
    return new EnvelopeFacts(
        keks.scope(),
        envelopes.state(),
        keyring.facts(),
        cache.size(),
        succession.versionInUse(),
        succession.pendingVersion(),
        keks.all().stream().map(this::facts).toList());
  }

  private KekFacts facts(KekMember member) {
    KekHealth health = member.kek().health();
    long now = ticker.nanos();
    return new KekFacts(
        member.name(),
        member.role(),
        health.phase(now),
        health.setback(),
        Optional.of(Duration.ofNanos(health.sinceConfirmed(now))).filter(_ -> health.confirmed()),
        Duration.ofNanos(health.sealsForNanos(now, limits)),
        Duration.ofNanos(health.opensForNanos(now, limits)),
        member.kek().credentialsExpireAt());
  }
}
