// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code bulla serve} with each configuration of {@code wrong/}: exit code 3 and the message beside
 * it, word for word, because the messages are what a person has at 3 a.m.
 */
final class WrongConfigurationsTest {
  private static Path folder() throws Exception {
    URI uri =
        Objects.requireNonNull(WrongConfigurationsTest.class.getResource("/wrong/01-empty.yaml"))
            .toURI();
    return Objects.requireNonNull(Path.of(uri).getParent());
  }

  static List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void serve_withAWrongConfiguration_saysWhatIsWrong(String name) throws Exception {
    Path file = folder().resolve(name);
    assertSays(name, file, "serve", "--config", file.toString());
    // The same through the parser, which the form above goes without.
    assertSays(name, file, "serve", "--config=" + file);
  }

  private static void assertSays(String name, Path file, String... command) throws Exception {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExitCode code =
        new Main(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new LogOutput(
                    OutputStream.nullOutputStream(),
                    false,
                    Ticker.system(),
                    Duration.ofSeconds(20)),
                NoHardening::apply)
            .run(command);
    String said = err.toString(StandardCharsets.UTF_8).replace(file.toString(), name);
    assertThat(code).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(said)
        .isEqualTo(Files.readString(folder().resolve(name.replace(".yaml", ".expected"))));
    assertThat(said).doesNotContain("\tat ", "Exception").endsWith("nothing was started\n");
    assertThat(out.size()).isZero();
  }

  @Test
  void configurations_areAtLeastTwenty() throws Exception {
    assertThat(names()).hasSizeGreaterThanOrEqualTo(20);
  }
}
