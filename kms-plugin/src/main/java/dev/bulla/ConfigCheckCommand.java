// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import java.io.PrintStream;
import java.util.Optional;

/** {@code bulla config check FILE}. */
final class ConfigCheckCommand {
  private final PrintStream out;
  private final PrintStream err;

  ConfigCheckCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  ExitCode run(String file) {
    Optional<Configuration> configuration = new ConfigurationFile(file, err).load();
    if (configuration.isEmpty()) {
      return ExitCode.CONFIGURATION;
    }
    configuration.get().notices().forEach(notice -> out.println("notice: " + notice));
    out.println(
        file
            + ": good; endpoint for the EncryptionConfiguration: "
            + configuration.get().socket().address().endpoint());
    return ExitCode.OK;
  }
}
