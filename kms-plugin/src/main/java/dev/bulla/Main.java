// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.JdkProviders;
import dev.bulla.process.Hardener;
import dev.bulla.process.Hardening;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Reads the command line and runs one command. */
public final class Main {
  private final PrintStream out;
  private final PrintStream err;
  private final LogOutput log;
  private final Supplier<Hardening> hardener;

  /** {@code hardener} protects this process, before it holds a secret. */
  Main(PrintStream out, PrintStream err, LogOutput log, Supplier<Hardening> hardener) {
    this.out = out;
    this.err = err;
    this.log = log;
    this.hardener = hardener;
  }

  /** Runs a command; the exit code is one of {@link ExitCode}. */
  public static void main(String[] args) {
    JdkProviders.sooner();
    // Early, since it takes as long as java.util.logging takes to begin.
    Supplier<Hardening> hardener = isPlainServe(args) ? begun(Hardener::apply) : Hardener::apply;
    LogOutput log = LogOutput.install();
    ExitCode code = new Main(System.out, System.err, log, hardener).run(args);
    log.flush();
    System.exit(code.number());
  }

  ExitCode run(String... args) {
    return isPlainServe(args)
        ? new ServeCommand(err, log, hardener).run(args[2])
        : new Commands(out, err, log, hardener).run(args);
  }

  private static Supplier<Hardening> begun(Supplier<Hardening> hardener) {
    return CompletableFuture.supplyAsync(hardener, task -> Thread.ofPlatform().start(task))::join;
  }

  // How nodes start it, while a control plane waits: it goes without the parser's classes, which
  // take a fifth of the time until the socket answers; Commands alone names them.
  private static boolean isPlainServe(String... args) {
    return args.length == 3
        && args[0].equals("serve")
        && args[1].equals("--config")
        && !args[2].startsWith("-");
  }

  /** Returns the version in the jar's manifest, if this runs from one. */
  static Optional<String> packagedVersion() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion());
  }

  /** Returns the program's version. */
  static String versionText() {
    return packagedVersion().orElse("(not packaged)");
  }
}
