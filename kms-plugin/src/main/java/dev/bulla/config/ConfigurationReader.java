// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.envelope.DekLimits;
import dev.bulla.settings.Problem;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import dev.bulla.settings.SettingsDocument;
import dev.bulla.socket.SocketSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a configuration (design §3), and everything that is wrong with it. Touches no other file.
 */
public final class ConfigurationReader {
  private static final Pattern SCOPE = Pattern.compile("[a-z0-9]([a-z0-9./-]{0,62}[a-z0-9])?");
  private static final Duration LONGEST_OUTAGE = Duration.ofDays(30);

  private final Problems problems = new Problems();
  private final List<String> notices = new ArrayList<>();

  private ConfigurationReader() {}

  /** What came of reading a file. */
  public sealed interface Result {
    /** Nothing is wrong with it. */
    record Good(Configuration configuration) implements Result {}

    /** Everything that is wrong with it, in the order of the file; at least one. */
    record Bad(List<Problem> problems) implements Result {}
  }

  /** Reads {@code content}, the bytes of a file. Never throws for what it holds. */
  public static Result read(byte[] content) {
    ConfigurationReader reader = new ConfigurationReader();
    Optional<Configuration> configuration =
        SettingsDocument.parse(content, reader.problems).flatMap(reader::configuration);
    return configuration.isPresent() && reader.problems.isEmpty()
        ? new Result.Good(configuration.get())
        : new Result.Bad(reader.problems.inOrder());
  }

  private Optional<Configuration> configuration(SettingsBlock root) {
    Optional<String> scope =
        root.text(
            "scope",
            SCOPE,
            "1 to 64 of a-z, 0-9, '.', '/' and '-', such as prod-eu1; it can never be changed once"
                + " data exist");
    Optional<SocketSettings> socket = SocketReader.read(root);
    Optional<Configuration.KekEntry> kek = new KekReader().read(root);
    DekLimits dek = root.block("dek").map(ConfigurationReader::dek).orElse(DekLimits.DEFAULT);
    int generation = root.block("rotation").map(this::generation).orElse(1);
    root.block("outage").ifPresent(this::outage);
    root.block("journal").ifPresent(this::journal);
    root.block("ops").ifPresent(this::ops);
    root.finish();
    if (scope.isEmpty() || socket.isEmpty() || kek.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Configuration(
            scope.get(),
            socket.get(),
            root.positionOf("socket"),
            kek.get(),
            dek,
            generation,
            notices));
  }

  private static DekLimits dek(SettingsBlock block) {
    DekLimits limits =
        new DekLimits(
            block.duration(
                "maxAge", DekLimits.SHORTEST_AGE, DekLimits.LONGEST_AGE, DekLimits.LONGEST_AGE),
            block.wholeNumber(
                "maxSeals", DekLimits.FEWEST_SEALS, DekLimits.MOST_SEALS, DekLimits.MOST_SEALS));
    block.finish();
    return limits;
  }

  private int generation(SettingsBlock block) {
    if (block.keys().contains("delay")) {
      notices.add(
          "rotation.delay has no effect in this release: a new KEK version is used after a restart");
    }
    var _ = block.duration("delay", Duration.ZERO, Duration.ofDays(7), Duration.ofMinutes(5));
    int generation = (int) block.wholeNumber("generation", 1, Integer.MAX_VALUE, 1);
    block.finish();
    return generation;
  }

  private void outage(SettingsBlock block) {
    for (String key : List.of("encryptFor", "decryptFor", "revokedFor")) {
      var _ = block.duration(key, Duration.ZERO, LONGEST_OUTAGE, Duration.ZERO);
    }
    block.finish();
    notices.add(
        "outage has no effect in this release: DEKs in memory are used for as long as the process lives");
  }

  private void journal(SettingsBlock block) {
    var _ = block.absolutePath("path");
    block.finish();
    notices.add("journal has no effect in this release: a restart begins with no DEK in memory");
  }

  private void ops(SettingsBlock block) {
    var _ =
        block.text(
            "address",
            Pattern.compile(
                "(127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[::1\\]|localhost):[0-9]{1,5}"),
            "a loopback address and a port, such as 127.0.0.1:9808");
    block.finish();
    notices.add("ops has no effect in this release: no port is opened");
  }
}
