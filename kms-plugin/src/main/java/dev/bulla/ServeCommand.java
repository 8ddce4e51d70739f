// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import dev.bulla.kek.KekException;
import dev.bulla.process.Hardening;
import dev.bulla.socket.Sockets;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** {@code bulla serve --config FILE}. */
final class ServeCommand {
  private final PrintStream err;
  private final LogOutput output;
  private final Supplier<Hardening> hardener;

  /** {@code hardener} protects this process. */
  ServeCommand(PrintStream err, LogOutput output, Supplier<Hardening> hardener) {
    this.err = err;
    this.output = output;
    this.hardener = hardener;
  }

  ExitCode run(String file) {
    ConfigurationFile source = new ConfigurationFile(file, err);
    Optional<Configuration> written = source.read();
    if (written.isEmpty()) {
      return ExitCode.CONFIGURATION;
    }
    // What takes long and needs no secret, while another thread hardens this process.
    Sockets.prepare();
    Hardening done = hardener.get();
    // The file holds no secret; whatever does is read after this.
    Optional<Configuration> configuration = source.fitting(written.get());
    if (configuration.isEmpty()) {
      return ExitCode.CONFIGURATION;
    }
    output.setFormat(configuration.get().logFormat());
    EventLog log = new EventLog();
    log.hardened(done);
    configuration.get().notices().forEach(log::warning);
    if (configuration.get().keks().stream().anyMatch(kek -> kek.backend().equals("local"))) {
      log.warning(
          "the local KEK is for demonstrations and tests: whoever reads its file opens everything");
    }
    return serve(configuration.get(), log, done);
  }

  private ExitCode serve(Configuration configuration, EventLog log, Hardening hardening) {
    AtomicReference<ExitCode> end = new AtomicReference<>(ExitCode.OK);
    try (Bulla bulla = Bulla.start(configuration, log, hardening)) {
      stopOnSignal(bulla, end);
      bulla.publish();
      bulla.keep();
      return ExitCode.OK;
    } catch (KekException | IOException e) {
      err.println("bulla: " + e.getMessage());
    }
    end.set(ExitCode.RUNTIME);
    return ExitCode.RUNTIME;
  }

  // A JVM that ends on SIGTERM exits with 143; a plugin that stopped in order has not failed.
  private void stopOnSignal(Bulla bulla, AtomicReference<ExitCode> end) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("bulla-stop")
                .unstarted(
                    () -> {
                      bulla.close();
                      output.flush();
                      Runtime.getRuntime().halt(end.get().number());
                    }));
  }
}
