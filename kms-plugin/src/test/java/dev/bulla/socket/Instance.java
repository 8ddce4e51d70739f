// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import dev.bulla.files.ProcessUid;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A server with the stub service, in this process. */
final class Instance implements AutoCloseable {
  /** A uid that no process of the test has. */
  static final long NOBODY_OF_OURS = 4_000_000_001L;

  private final StubService service;
  private final RecordedEvents events = new RecordedEvents();
  private final UnixSocketServer server;

  private Instance(String name, SocketSettings settings, Ticker ticker) throws IOException {
    this.service = new StubService(name);
    this.server =
        Sockets.start(settings, List.of(service.bindService()), events, new SecureRandom(), ticker);
  }

  static Instance start(String name, SocketSettings settings) throws IOException {
    return new Instance(name, settings, Ticker.system());
  }

  static Instance start(String name, SocketSettings settings, Ticker ticker) throws IOException {
    return new Instance(name, settings, ticker);
  }

  /** Settings that wait, with mode 0600, for this user. */
  static SocketSettings settings(SocketAddressSpec address) {
    return new SocketSettings(
        address,
        PosixFilePermissions.fromString("rw-------"),
        Optional.empty(),
        Set.of(ProcessUid.own()),
        SocketSettings.WhenBusy.WAIT);
  }

  static SocketSettings settings(Path path) {
    return settings(new SocketAddressSpec.File(path));
  }

  static SocketSettings failing(SocketSettings settings) {
    return new SocketSettings(
        settings.address(),
        settings.mode(),
        settings.group(),
        settings.allowedUids(),
        SocketSettings.WhenBusy.FAIL);
  }

  static SocketSettings forUids(SocketSettings settings, Set<Long> uids) {
    return new SocketSettings(
        settings.address(), settings.mode(), settings.group(), uids, settings.whenBusy());
  }

  static SocketSettings withGroup(SocketSettings settings, String group) {
    return new SocketSettings(
        settings.address(),
        PosixFilePermissions.fromString("rw-rw----"),
        Optional.of(group),
        settings.allowedUids(),
        settings.whenBusy());
  }

  /** Publishes and checks that it did. */
  Instance published() throws IOException, InterruptedException {
    if (!server.publish()) {
      throw new AssertionError("closed while it published");
    }
    var _ = events.next("published");
    return this;
  }

  /** Publishes on a thread of its own; the future fails with what publish throws. */
  CompletableFuture<Boolean> publishing() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.publish();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }

  /** Looks after its path, on a thread of its own, until it is closed. */
  Instance kept() {
    Thread.ofPlatform().daemon().start(this::keep);
    return this;
  }

  private void keep() {
    try {
      server.keep();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  StubService service() {
    return service;
  }

  RecordedEvents events() {
    return events;
  }

  UnixSocketServer server() {
    return server;
  }

  /** Ends it before its block does. */
  void end() {
    close();
  }

  @Override
  public void close() {
    server.close();
  }
}
