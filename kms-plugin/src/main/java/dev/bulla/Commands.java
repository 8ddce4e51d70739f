// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.process.Hardening;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Runs what picocli makes of a command line. */
final class Commands {
  private final PrintStream out;
  private final PrintStream err;
  private final LogOutput log;
  private final Supplier<Hardening> hardener;

  Commands(PrintStream out, PrintStream err, LogOutput log, Supplier<Hardening> hardener) {
    this.out = out;
    this.err = err;
    this.log = log;
    this.hardener = hardener;
  }

  ExitCode run(String... args) {
    CommandLine commands = CommandLines.bulla();
    try {
      ParseResult parsed = commands.parseArgs(args);
      return CommandLine.printHelpIfRequested(parsed) ? ExitCode.OK : dispatch(commands, parsed);
    } catch (ParameterException e) {
      err.println("bulla: " + e.getMessage());
      e.getCommandLine().usage(err);
      return ExitCode.USAGE;
    }
  }

  private ExitCode dispatch(CommandLine commands, ParseResult parsed) {
    ParseResult command = parsed.subcommand();
    if (command == null) {
      commands.usage(err);
      return ExitCode.USAGE;
    }
    ParseResult inner = command.subcommand();
    return switch (command.commandSpec().name()) {
      case "serve" ->
          new ServeCommand(err, log, hardener).run(command.matchedOptionValue("--config", ""));
      case "config" ->
          inner == null
              ? usage(command)
              : new ConfigCheckCommand(out, err).run(inner.matchedPositionalValue(0, ""));
      case "journal" ->
          inner == null
              ? usage(command)
              : new JournalShowCommand(out, err).run(inner.matchedPositionalValue(0, ""));
      case "audit" ->
          inner == null
              ? usage(command)
              : new AuditVerifyCommand(out, err)
                  .run(
                      inner.matchedPositionalValue(0, List.<String>of()),
                      inner.matchedOptionValue("--kept", List.<String>of()));
      case "probe" ->
          new ProbeCommand(out, err)
              .run(
                  command.matchedOptionValue("--socket", ""),
                  command.matchedOptionValue("--output", "text"));
      case "render" ->
          new RenderCommand(out, err, Main.packagedVersion().orElse("latest"))
              .run(command.matchedPositionalValue(0, ""), command.matchedOptionValue("--out", ""));
      case "demo" ->
          new DemoCommand(out, err, hardener)
              .run(command.hasMatchedOption("--keep"), command.hasMatchedOption("--apiserver"));
      default -> version();
    };
  }

  private ExitCode usage(ParseResult command) {
    command.commandSpec().commandLine().usage(err);
    return ExitCode.USAGE;
  }

  /** Returns the commit that a release was built from; "unknown" for any other build. */
  private static String commit() {
    Properties build = new Properties();
    try (InputStream file = Main.class.getResourceAsStream("build.properties")) {
      if (file != null) {
        build.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("commit", "unknown");
  }

  private ExitCode version() {
    out.println(
        "bulla %s, commit %s, envelope version 1, KMS v2, Java %s"
            .formatted(Main.versionText(), commit(), Runtime.version()));
    return ExitCode.OK;
  }
}
