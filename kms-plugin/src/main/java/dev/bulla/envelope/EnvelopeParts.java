// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import dev.bulla.health.KekWatch;
import dev.bulla.health.OutageLimits;
import dev.bulla.kek.KekDescription;
import dev.bulla.time.Ticker;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The parts of one envelope, put together: for the runtime, and for tests that drive them. */
record EnvelopeParts(
    KekSet keks,
    List<KekWatch> watches,
    Succession succession,
    KeyLoop loop,
    Envelopes envelopes,
    Inspection inspection,
    Runnable rewarming) {
  /**
   * Puts the parts together; nothing runs yet.
   *
   * @param blocking runs what blocks on a KEK
   * @param background runs the loop
   */
  static EnvelopeParts of(
      EnvelopeSettings settings,
      EnvelopeRuntime.Surroundings surroundings,
      EnvelopeEvents events,
      Executor blocking,
      ScheduledExecutorService background) {
    Ticker ticker = surroundings.ticker();
    OutageLimits outage = settings.outage();
    KekSet keks = KekSet.of(settings, ticker, events);
    DekFactory factory = new DekFactory(keks, surroundings.random(), surroundings.clock());
    Unwrapper unwrapper = new Unwrapper(keks, factory, blocking, ticker);
    DekCache cache =
        new DekCache(
            unwrapper,
            dek -> dek.mayOpen(ticker.nanos(), outage),
            surroundings.notes(),
            blocking,
            ticker,
            events);
    Keyring keyring = new Keyring(settings.limits(), ticker);
    Succession succession =
        new Succession(settings, keks, keyring, cache, factory, surroundings, blocking, events);
    Suspension suspension = new Suspension(ticker, surroundings.sinceBoot(), surroundings.clock());
    Eraser eraser =
        new Eraser(
            keks,
            outage,
            keyring,
            cache,
            succession,
            ticker,
            events,
            () -> blocking.execute(surroundings.scrub()));
    List<KekWatch> watches =
        watches(keks, factory, keyring, succession, surroundings, guarded(blocking, events));
    KeyLoop loop = new KeyLoop(keks, watches, suspension, eraser, succession, background, events);
    WriteGate gate =
        new WriteGate(keks.write(), outage, ticker, suspension, succession::isRolledBack);
    Envelopes envelopes = new Envelopes(keyring, cache, unwrapper, gate, events, loop::wake);
    Rewarming rewarming = new Rewarming(surroundings.notes(), unwrapper, cache, ticker, events);
    Inspection inspection =
        new Inspection(keks, outage, keyring, cache, succession, envelopes, ticker);
    return new EnvelopeParts(keks, watches, succession, loop, envelopes, inspection, rewarming);
  }

  private static List<KekWatch> watches(
      KekSet keks,
      DekFactory factory,
      Keyring keyring,
      Succession succession,
      EnvelopeRuntime.Surroundings surroundings,
      Executor blocking) {
    return keks.all().stream()
        .map(
            member ->
                new KekWatch(
                    member.kek(),
                    () -> keyring.sealing().flatMap(dek -> dek.wrappedBy(member, factory::commits)),
                    description -> described(member, description, keyring, succession),
                    blocking,
                    surroundings.ticker(),
                    surroundings.random()))
        .toList();
  }

  // While nothing seals, the loop's next look is not waited for once each KEK has answered.
  private static boolean described(
      KekMember member, KekDescription description, Keyring keyring, Succession succession) {
    boolean enough = succession.described(member, description);
    if (keyring.sealing().isEmpty() && succession.knowsEach()) {
      succession.look();
    }
    return enough;
  }

  // A defect of a backend ends its own task, and is told.
  private static Executor guarded(Executor executor, EnvelopeEvents events) {
    return task ->
        executor.execute(
            () -> {
              try {
                task.run();
              } catch (RuntimeException | LinkageError e) {
                events.defect(e);
              }
            });
  }
}
