// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.Configuration;
import dev.bulla.config.ConfigurationReader;
import dev.bulla.config.EnvironmentCheck;
import dev.bulla.settings.Problem;
import dev.bulla.settings.SettingsDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a configuration from disk and prints what is wrong with it. */
final class ConfigurationFile {
  private final String file;
  private final PrintStream err;

  ConfigurationFile(String file, PrintStream err) {
    this.file = file;
    this.err = err;
  }

  /**
   * Returns the configuration if it is right and fits this host; otherwise everything is printed.
   */
  Optional<Configuration> load() {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return switch (ConfigurationReader.read(in.readNBytes(SettingsDocument.MAX_BYTES + 1))) {
        case ConfigurationReader.Result.Bad bad -> refuse(bad.problems());
        case ConfigurationReader.Result.Good good -> checked(good.configuration());
      };
    } catch (IOException | InvalidPathException e) {
      err.println(
          file
              + ": the configuration cannot be read ("
              + e.getClass().getSimpleName()
              + "); name a readable file");
      return Optional.empty();
    }
  }

  private Optional<Configuration> checked(Configuration configuration) {
    List<Problem> problems = EnvironmentCheck.problems(configuration);
    return problems.isEmpty() ? Optional.of(configuration) : refuse(problems);
  }

  private Optional<Configuration> refuse(List<Problem> problems) {
    problems.forEach(problem -> err.println(problem.render(file)));
    err.println(
        problems.size()
            + (problems.size() == 1 ? " problem" : " problems")
            + "; nothing was started");
    return Optional.empty();
  }
}
