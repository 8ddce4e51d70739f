// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.audit.AuditTrail;
import dev.bulla.config.Configuration;
import dev.bulla.envelope.EnvelopeRuntime;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.WrappedDeks;
import dev.bulla.events.PluginEvents;
import dev.bulla.health.KekHealth;
import dev.bulla.journal.Journal;
import dev.bulla.kek.KekException;
import dev.bulla.memory.FreeHeap;
import dev.bulla.ops.Facts;
import dev.bulla.ops.OpsServer;
import dev.bulla.process.ColdPages;
import dev.bulla.process.Hardening;
import dev.bulla.service.KmsService;
import dev.bulla.socket.Sockets;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.systemd.Notifier;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The composition root: builds the plugin from its configuration, and stops it. It answers on its
 * socket before any KEK was asked; Status says {@code ok} once a DEK is proved and the code is
 * warm.
 */
final class Bulla implements AutoCloseable {
  private final OpenKeks keks;
  private final Optional<Journal> journal;
  private final Optional<AuditTrail> audit;
  private final EnvelopeRuntime envelope;
  private final UnixSocketServer server;
  private final Warmup warmup;
  private final Optional<OpsServer> ops;
  private final Optional<Notifier> notifier;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Bulla(
      OpenKeks keks,
      Optional<Journal> journal,
      Optional<AuditTrail> audit,
      EnvelopeRuntime envelope,
      UnixSocketServer server,
      Warmup warmup,
      Optional<OpsServer> ops,
      Optional<Notifier> notifier) {
    this.keks = keks;
    this.journal = journal;
    this.audit = audit;
    this.envelope = envelope;
    this.server = server;
    this.warmup = warmup;
    this.ops = ops;
    this.notifier = notifier;
  }

  /**
   * Starts everything but the socket's address: see {@link #publish()}.
   *
   * @param hardening what protects this process already
   * @throws KekException if a KEK cannot be opened on this host
   * @throws IOException if the socket cannot be made
   */
  static Bulla start(Configuration configuration, EventLog log, Hardening hardening)
      throws KekException, IOException {
    Ticker ticker = Ticker.system();
    Listeners listeners = Listeners.of(configuration, log, ticker);
    PluginEvents events = listeners.events();
    SecureRandom random =
        configuration.requiredProvider().isPresent() ? new SecureRandom() : kernelRandom();
    OpenKeks keks = OpenKeks.open(configuration);
    Optional<Journal> journal = configuration.journal().map(path -> Journal.open(path, events));
    EnvelopeRuntime envelope =
        EnvelopeRuntime.start(
            settings(configuration, keks), surroundings(random, ticker, journal, events), events);
    Warmup warmup =
        new Warmup(
            envelope.envelopes(), listeners.milestones(), ticker, log, events, ColdPages::giveBack);
    try {
      UnixSocketServer server =
          Sockets.start(
              configuration.socket(),
              List.of(KmsService.definition(envelope.envelopes(), warmup::isDone, ticker, events)),
              events,
              random,
              ticker);
      warmup.start(server);
      Optional<OpsServer> ops =
          configuration
              .ops()
              .map(
                  address ->
                      OpsServer.start(
                          address,
                          () -> facts(envelope, journal, hardening),
                          listeners.counts(),
                          events));
      Optional<Notifier> notifier =
          listeners.notifier(envelope.envelopes(), warmup::isDone, server, ticker);
      notifier.ifPresent(Notifier::start);
      return new Bulla(keks, journal, listeners.audit(), envelope, server, warmup, ops, notifier);
    } catch (IOException | RuntimeException e) {
      envelope.close();
      keks.close();
      throw e;
    }
  }

  private static Facts facts(
      EnvelopeRuntime envelope, Optional<Journal> journal, Hardening hardening) {
    return new Facts(
        Main.versionText(),
        Instant.now(),
        envelope.facts(),
        journal.map(open -> OptionalInt.of(open.size())).orElse(OptionalInt.empty()),
        guards(hardening));
  }

  private static List<Facts.Guard> guards(Hardening hardening) {
    return hardening.outcomes().keySet().stream()
        .map(each -> new Facts.Guard(each.text(), hardening.has(each), Hardening.isOptional(each)))
        .toList();
  }

  private static EnvelopeRuntime.Surroundings surroundings(
      SecureRandom random, Ticker ticker, Optional<Journal> journal, PluginEvents events) {
    Optional<FreeHeap> heap = FreeHeap.ofSerialCollector();
    return new EnvelopeRuntime.Surroundings(
        random,
        InstantSource.system(),
        ticker,
        Ticker.sinceBoot(),
        journal.<WrappedDeks>map(JournaledDeks::new).orElseGet(WrappedDeks::none),
        () ->
            heap.ifPresentOrElse(
                free -> events.scrubbed(Duration.ofNanos(free.scrub().nanos())),
                events::notScrubbed));
  }

  private static EnvelopeSettings settings(Configuration configuration, OpenKeks keks) {
    return new EnvelopeSettings(
        configuration.scope(),
        configuration.rotation().generation(),
        keks.configured(),
        configuration.dek(),
        configuration.outage(),
        configuration.rotation().delay(),
        configuration.recovery(),
        KekHealth.DOUBT_FOR);
  }

  // Mixes kernel output into every call, so that a cloned machine does not repeat its masters.
  private static SecureRandom kernelRandom() {
    try {
      return SecureRandom.getInstance("NativePRNG");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no NativePRNG: use one for Linux", e);
    }
  }

  /**
   * Takes the socket's address; waits for it if it is configured so, until {@link #close()}. Its
   * owner alone writes the journal and the audit trail.
   */
  void publish() throws IOException {
    if (server.publish()) {
      journal.ifPresent(Journal::own);
      audit.ifPresent(AuditTrail::own);
    }
  }

  /** Looks after the socket's path until {@link #close()} by another thread. */
  void keep() throws IOException {
    server.keep();
  }

  /** Waits until the code is warm, or until there is nothing to wait for. */
  void awaitWarm() throws InterruptedException {
    warmup.await();
  }

  /** Lets the address go, finishes what is under way, erases every DEK. May be called again. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      notifier.ifPresent(Notifier::close);
      warmup.close();
      ops.ifPresent(OpsServer::close);
      server.close();
      envelope.close();
      journal.ifPresent(Journal::close);
      keks.close();
      audit.ifPresent(AuditTrail::close);
    }
  }
}
