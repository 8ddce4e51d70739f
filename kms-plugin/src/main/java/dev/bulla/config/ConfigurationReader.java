// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.RecoveryPolicy;
import dev.bulla.health.OutageLimits;
import dev.bulla.settings.Problem;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import dev.bulla.settings.SettingsDocument;
import dev.bulla.socket.SocketSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads a configuration (design §3), and everything that is wrong with it. Touches no other file.
 */
public final class ConfigurationReader {
  private static final Pattern SCOPE = Pattern.compile("[a-z0-9]([a-z0-9./-]{0,62}[a-z0-9])?");

  private final Problems problems = new Problems();
  private final List<String> notices = new ArrayList<>();

  private ConfigurationReader() {}

  /** What came of reading a file. */
  public sealed interface Result {
    /** Returns what {@code good} or {@code bad} makes of it. */
    <T> T either(Function<Configuration, T> good, Function<List<Problem>, T> bad);

    /** Nothing is wrong with it. */
    record Good(Configuration configuration) implements Result {
      @Override
      public <T> T either(Function<Configuration, T> good, Function<List<Problem>, T> bad) {
        return good.apply(configuration);
      }
    }

    /** Everything that is wrong with it, in the order of the file; at least one. */
    record Bad(List<Problem> problems) implements Result {
      @Override
      public <T> T either(Function<Configuration, T> good, Function<List<Problem>, T> bad) {
        return bad.apply(problems);
      }
    }
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
    List<Configuration.KekEntry> keks = new KekReader().read(root);
    DekLimits dek = root.block("dek").map(ConfigurationReader::dek).orElse(DekLimits.DEFAULT);
    Configuration.Rotation rotation =
        root.block("rotation")
            .map(ConfigurationReader::rotation)
            .orElse(new Configuration.Rotation(EnvelopeSettings.DEFAULT_DELAY, 1));
    OutageLimits outage =
        root.block("outage").map(ConfigurationReader::outage).orElse(OutageLimits.DEFAULT);
    RecoveryPolicy recovery =
        root.block("recovery").map(ConfigurationReader::recovery).orElse(RecoveryPolicy.DEFAULT);
    Optional<Path> journal = root.block("journal").flatMap(ConfigurationReader::path);
    Optional<Path> audit = root.block("audit").flatMap(ConfigurationReader::path);
    LogFormat logFormat =
        root.block("log").map(ConfigurationReader::logFormat).orElse(LogFormat.AUTO);
    Optional<Configuration.RequiredProvider> provider =
        root.block("crypto").flatMap(ConfigurationReader::crypto);
    Optional<InetSocketAddress> ops =
        root.block("ops").flatMap(block -> OpsReader.read(block, notices));
    root.finish();
    if (scope.isEmpty() || socket.isEmpty() || keks.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Configuration(
            scope.get(),
            socket.get(),
            root.positionOf("socket"),
            keks,
            dek,
            outage,
            rotation,
            recovery,
            journal,
            audit,
            logFormat,
            provider,
            ops,
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

  private static Configuration.Rotation rotation(SettingsBlock block) {
    Duration delay =
        block.duration(
            "delay", Duration.ZERO, EnvelopeSettings.LONGEST_DELAY, EnvelopeSettings.DEFAULT_DELAY);
    int generation = (int) block.wholeNumber("generation", 1, Integer.MAX_VALUE, 1);
    block.finish();
    return new Configuration.Rotation(delay, generation);
  }

  private static OutageLimits outage(SettingsBlock block) {
    Duration encryptFor = time(block, "encryptFor", OutageLimits.DEFAULT.encryptFor());
    Duration decryptFor = time(block, "decryptFor", OutageLimits.DEFAULT.decryptFor());
    Duration revokedFor = time(block, "revokedFor", OutageLimits.DEFAULT.revokedFor());
    if (encryptFor.compareTo(decryptFor) > 0) {
      block.problem(
          "encryptFor", "is longer than decryptFor; what is written must be readable as long");
      encryptFor = decryptFor;
    }
    block.finish();
    return new OutageLimits(encryptFor, decryptFor, revokedFor);
  }

  private static Duration time(SettingsBlock block, String key, Duration otherwise) {
    return block.duration(key, Duration.ZERO, OutageLimits.LONGEST, otherwise);
  }

  private static RecoveryPolicy recovery(SettingsBlock block) {
    String whenAway =
        block.choice("whenAway", List.of("allow-partial", "require"), "allow-partial");
    Duration after =
        block.duration(
            "after", Duration.ZERO, RecoveryPolicy.LONGEST, RecoveryPolicy.DEFAULT.after());
    block.finish();
    return new RecoveryPolicy(whenAway.equals("require"), after);
  }

  private static Optional<Path> path(SettingsBlock block) {
    Optional<Path> path = block.absolutePath("path");
    block.finish();
    return path;
  }

  private static Optional<Configuration.RequiredProvider> crypto(SettingsBlock block) {
    String key = "requireProvider";
    Optional<String> name =
        block.text(
            key,
            Pattern.compile("[A-Za-z0-9._-]{1,64}"),
            "the name of a JCA provider, such as BCFIPS");
    block.finish();
    return name.map(n -> new Configuration.RequiredProvider(n, block.positionOf(key)));
  }

  private static LogFormat logFormat(SettingsBlock block) {
    String format = block.choice("format", List.of("auto", "json", "text"), "auto");
    block.finish();
    return LogFormat.valueOf(format.toUpperCase(Locale.ROOT));
  }
}
