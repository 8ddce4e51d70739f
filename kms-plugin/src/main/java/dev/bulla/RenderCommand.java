// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.render.Rendering;
import dev.bulla.settings.SettingsDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** {@code bulla render VALUES --out DIR}: new files only, and nothing is applied. */
final class RenderCommand {
  private final PrintStream out;
  private final PrintStream err;
  private final String image;

  RenderCommand(PrintStream out, PrintStream err, String version) {
    this.out = out;
    this.err = err;
    this.image = "localhost/bulla:" + version;
  }

  ExitCode run(String values, String folder) {
    try (InputStream in = Files.newInputStream(Path.of(values))) {
      byte[] content = in.readNBytes(SettingsDocument.MAX_BYTES + 1);
      return switch (Rendering.of(content, values, image)) {
        case Rendering.Result.Bad bad -> {
          bad.problems().forEach(err::println);
          yield ExitCode.CONFIGURATION;
        }
        case Rendering.Result.Good good -> write(good.rendering(), Path.of(folder));
      };
    } catch (IOException | InvalidPathException e) {
      err.println(
          values
              + ": the values cannot be read ("
              + e.getClass().getSimpleName()
              + "); name a readable file");
      return ExitCode.CONFIGURATION;
    }
  }

  private ExitCode write(Rendering rendering, Path folder) {
    for (String name : rendering.files().keySet()) {
      if (Files.exists(folder.resolve(name))) {
        err.println(
            "bulla: " + folder.resolve(name) + " is there already; name a folder without it");
        return ExitCode.USAGE;
      }
    }
    try {
      Files.createDirectories(folder);
      for (var file : rendering.files().entrySet()) {
        Files.writeString(
            folder.resolve(file.getKey()),
            file.getValue().content(),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
        out.printf("%-28s %s%n", file.getKey(), file.getValue().place());
      }
      return ExitCode.OK;
    } catch (IOException e) {
      err.println("bulla: " + folder + " cannot be written (" + e.getClass().getSimpleName() + ")");
      return ExitCode.RUNTIME;
    }
  }
}
