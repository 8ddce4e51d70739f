// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import dev.bulla.kek.KekException;
import dev.bulla.process.Hardener;
import dev.bulla.process.Hardening;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** {@code bulla serve --config FILE}. */
final class ServeCommand {
  private final PrintStream err;
  private final LogOutput output;

  ServeCommand(PrintStream err, LogOutput output) {
    this.err = err;
    this.output = output;
  }

  ExitCode run(String file) {
    // Beside the configuration, which holds no secret; it ends before one is read.
    CompletableFuture<Hardening> hardening =
        CompletableFuture.supplyAsync(Hardener::apply, task -> Thread.ofPlatform().start(task));
    Optional<Configuration> configuration = new ConfigurationFile(file, err).load();
    if (configuration.isEmpty()) {
      return ExitCode.CONFIGURATION;
    }
    output.setFormat(configuration.get().logFormat());
    EventLog log = new EventLog();
    log.hardened(hardening.join());
    configuration.get().notices().forEach(log::warning);
    if (configuration.get().keks().stream().anyMatch(kek -> kek.backend().equals("local"))) {
      log.warning(
          "the local KEK is for demonstrations and tests: whoever reads its file opens everything");
    }
    return serve(configuration.get(), log);
  }

  private ExitCode serve(Configuration configuration, EventLog log) {
    AtomicReference<ExitCode> end = new AtomicReference<>(ExitCode.OK);
    try (Bulla bulla = Bulla.start(configuration, log)) {
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
