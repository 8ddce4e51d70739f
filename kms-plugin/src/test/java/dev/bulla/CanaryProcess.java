// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.process.Hardener;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The program with every logger at its lowest level. */
final class CanaryProcess {
  private static final Logger ROOT = Logger.getLogger("");

  private CanaryProcess() {}

  public static void main(String[] arguments) {
    LogOutput log = LogOutput.install();
    tellAll();
    run(log, arguments);
  }

  private static void tellAll() {
    ROOT.setLevel(Level.ALL);
    for (Handler handler : List.of(ROOT.getHandlers())) {
      handler.setLevel(Level.ALL);
    }
  }

  private static void run(LogOutput log, String... arguments) {
    System.exit(new Main(System.out, System.err, log, Hardener::apply).run(arguments).number());
  }

  /**
   * The same, and all that libraries say is written as well: this is what must never be shipped.
   */
  static final class Unfiltered {
    private Unfiltered() {}

    public static void main(String[] arguments) {
      LogOutput log = LogOutput.install();
      // Left to itself, Netty takes SLF4J, which says nothing, if the AWS SDK is just starting
      // that.
      InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
      // Unlike the program's own, it drops nothing when there is much to say.
      ROOT.addHandler(new ConsoleHandler());
      tellAll();
      run(log, arguments);
    }
  }
}
