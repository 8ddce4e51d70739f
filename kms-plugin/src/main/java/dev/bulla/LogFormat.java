// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line a record: time in UTC, level, text; a stack trace only with a defect. */
final class LogFormat extends Formatter {
  // Held, because java.util.logging keeps its loggers weakly and would forget their levels.
  private static final Logger ROOT = Logger.getLogger("");

  /** Replaces the handlers of java.util.logging with one that writes to standard error. */
  static void install() {
    for (var handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    ConsoleHandler handler = new ConsoleHandler();
    handler.setFormatter(new LogFormat());
    handler.setFilter(LogFormat::mayBeTold);
    ROOT.addHandler(handler);
    ROOT.setLevel(Level.INFO);
  }

  /**
   * Whether a record may be written, whatever the levels are. What a library tells below {@code
   * INFO} can hold what it carries: gRPC's HTTP/2 frames have seeds in them.
   */
  private static boolean mayBeTold(LogRecord record) {
    return record.getLevel().intValue() >= Level.INFO.intValue()
        || "bulla".equals(record.getLoggerName());
  }

  @Override
  public String format(LogRecord record) {
    StringBuilder line =
        new StringBuilder(record.getInstant().truncatedTo(ChronoUnit.MILLIS).toString())
            .append(' ')
            .append(record.getLevel().getName().toLowerCase(Locale.ROOT))
            .append(' ')
            .append(formatMessage(record).replaceAll("\\p{Cntrl}", "?"))
            .append('\n');
    Throwable thrown = record.getThrown();
    if (thrown != null) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace, true));
      line.append(trace);
    }
    return line.toString();
  }
}
