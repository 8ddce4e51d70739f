// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.audit.AuditTrail;
import dev.bulla.config.Configuration;
import dev.bulla.envelope.Envelopes;
import dev.bulla.events.Fanout;
import dev.bulla.events.PluginEvents;
import dev.bulla.ops.Counts;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.systemd.Notifier;
import dev.bulla.time.Bell;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Those who hear what happens: the log always, and what the configuration names.
 *
 * @param counts for metrics; hear nothing where no port serves them
 * @param view what systemd is told
 * @param milestones rings for what a start waits for
 * @param audit the trail, where one is written
 * @param events the one that tells them all
 */
record Listeners(
    Counts counts,
    SystemdView view,
    Bell milestones,
    Optional<AuditTrail> audit,
    PluginEvents events) {
  /** How long the end waits for the audit trail's disk. */
  private static final Duration AUDIT_PATIENCE = Duration.ofSeconds(1);

  static Listeners of(Configuration configuration, EventLog log, Ticker ticker) {
    Counts counts =
        new Counts(
            configuration.keks().stream().map(Configuration.KekEntry::name).toList(),
            (int) ProcessHandle.current().pid());
    SystemdView view = new SystemdView();
    Bell milestones = new Bell();
    Optional<AuditTrail> audit =
        configuration
            .audit()
            .map(path -> AuditTrail.at(path, log, InstantSource.system(), ticker, AUDIT_PATIENCE));
    List<PluginEvents> ofEachCall = new ArrayList<>();
    configuration.ops().ifPresent(_ -> ofEachCall.add(counts));
    audit.map(AuditLog::new).ifPresent(ofEachCall::add);
    List<PluginEvents> all = new ArrayList<>(List.of(log, view, new Milestones(milestones)));
    all.addAll(ofEachCall);
    return new Listeners(counts, view, milestones, audit, Fanout.to(all, ofEachCall));
  }

  /** Returns who tells systemd, if the plugin was started by it. */
  Optional<Notifier> notifier(
      Envelopes envelopes, BooleanSupplier isWarm, UnixSocketServer server, Ticker ticker) {
    return Notifier.of(
        System.getenv(),
        () -> view.reading(envelopes, isWarm),
        () -> view.answers(server),
        milestones,
        ticker,
        events::defect);
  }
}
