// SPDX-License-Identifier: Apache-2.0
package dev.bulla.bench;

import dev.bulla.envelope.ConfiguredKek;
import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.EnvelopeRuntime;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.KekRole;
import dev.bulla.events.QuietListener;
import dev.bulla.kek.KekException;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.service.KmsService;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.socket.SocketSettings;
import dev.bulla.socket.Sockets;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The server under test: Bulla's own socket and service, with the benchmark's methods beside it.
 */
final class BenchServer extends QuietListener {
  private BenchServer() {}

  /**
   * Serves on the socket {@code args[0]} with the key file {@code args[1]} until its input ends.
   */
  public static void main(String[] args) throws IOException, KekException {
    BenchServer events = new BenchServer();
    Ticker ticker = Ticker.system();
    SecureRandom random = new SecureRandom();
    CountingKek kek = new CountingKek(LocalKek.open(Path.of(args[1]), "bench"));
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "bench", 1, new ConfiguredKek("bench", KekRole.WRITE, kek), DekLimits.DEFAULT);
    try (EnvelopeRuntime envelope =
            EnvelopeRuntime.start(settings, EnvelopeRuntime.Surroundings.plain(random), events);
        UnixSocketServer server =
            Sockets.start(
                socket(Path.of(args[0])),
                List.of(
                    KmsService.definition(envelope.envelopes(), () -> true, ticker, events),
                    BenchMethods.service(kek)),
                events,
                random,
                ticker)) {
      var _ = server.publish();
      var _ = System.in.read();
    }
  }

  private static SocketSettings socket(Path path) throws IOException {
    long uid = ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    return new SocketSettings(
        new SocketAddressSpec.File(path),
        PosixFilePermissions.fromString("rw-------"),
        Optional.empty(),
        Set.of(uid),
        SocketSettings.WhenBusy.FAIL);
  }

  @Override
  public void dekFailed(String kekName, KekException why) {
    throw new IllegalStateException(why);
  }

  @Override
  public void defect(Throwable what) {
    throw new IllegalStateException(what);
  }
}
