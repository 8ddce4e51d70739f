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
    return read().flatMap(this::fitting);
  }

  /** Returns what is written in the file, if that is right; otherwise everything is printed. */
  Optional<Configuration> read() {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return ConfigurationReader.read(in.readNBytes(SettingsDocument.MAX_BYTES + 1))
          .either(Optional::of, this::refuse);
    } catch (IOException | InvalidPathException e) {
      err.println(
          file
              + ": the configuration cannot be read ("
              + e.getClass().getSimpleName()
              + "); name a readable file");
      return Optional.empty();
    }
  }

  /**
   * Returns the configuration if it fits this host; otherwise everything is printed. A local KEK's
   * file is read for it.
   */
  Optional<Configuration> fitting(Configuration configuration) {
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
