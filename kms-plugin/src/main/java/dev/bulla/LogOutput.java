// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.config.LogFormat;
import dev.bulla.lines.Field;
import dev.bulla.lines.Flood;
import dev.bulla.lines.Outbox;
import dev.bulla.time.Ticker;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where log lines go: to standard error, by a thread of its own, so that a reader that has stopped
 * delays nobody. At most {@value #MOST_OF_A_KIND} lines a second with the same text and level, and
 * {@value #CAPACITY} that wait; what is beyond is counted. Thread-safe.
 */
final class LogOutput extends Handler {
  /** Most lines that wait for a reader. */
  static final int CAPACITY = 1_024;

  /** Most lines a second of one kind. */
  static final int MOST_OF_A_KIND = 10;

  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final int MOST_TOLD_CHARACTERS = 200;
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  // Held, because java.util.logging keeps its loggers weakly and would forget their levels.
  private static final Logger ROOT = Logger.getLogger("");

  private record Kind(Level level, String text) {
    // Written out, because the code that a record has for these is made at each start.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Kind kind && level.equals(kind.level) && text.equals(kind.text);
    }

    @Override
    public int hashCode() {
      return 31 * level.hashCode() + text.hashCode();
    }
  }

  private final Flood<Kind> flood;
  private final Outbox<String> outbox;
  private final Duration patience;
  private volatile boolean json;

  /**
   * Writes to {@code out}, from now on.
   *
   * @param patience how long {@link #flush()} waits for whoever reads
   */
  LogOutput(OutputStream out, boolean json, Ticker ticker, Duration patience) {
    this.json = json;
    this.patience = patience;
    this.flood = new Flood<>(MOST_OF_A_KIND, ticker);
    this.outbox = new Outbox<>("bulla-log", CAPACITY, new Sink(out));
    outbox.start();
  }

  /** Replaces the handlers of java.util.logging with one that writes to standard error. */
  static LogOutput install() {
    for (var handler : ROOT.getHandlers()) {
      ROOT.removeHandler(handler);
    }
    LogOutput output =
        new LogOutput(
            new FileOutputStream(FileDescriptor.err),
            isJson(LogFormat.AUTO),
            Ticker.system(),
            PATIENCE);
    output.setFilter(LogOutput::mayBeTold);
    ROOT.addHandler(output);
    ROOT.setLevel(Level.INFO);
    return output;
  }

  private static boolean isJson(LogFormat format) {
    return switch (format) {
      case AUTO -> !isTerminal();
      case JSON -> true;
      case TEXT -> false;
    };
  }

  // Java can tell this of standard input and output only.
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException _) {
      return false;
    }
  }

  void setFormat(LogFormat format) {
    json = isJson(format);
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)
        && flood.admits(new Kind(record.getLevel(), String.valueOf(record.getMessage())))) {
      offer(record);
    }
  }

  /**
   * Whether a record may be written, whatever the levels are. What a library tells below {@code
   * INFO} can hold what it carries: gRPC's HTTP/2 frames have seeds in them.
   */
  private static boolean mayBeTold(LogRecord record) {
    return record.getLevel().intValue() >= Level.INFO.intValue()
        || "bulla".equals(record.getLoggerName());
  }

  private void offer(LogRecord record) {
    outbox.offer(line(record));
  }

  private String line(LogRecord record) {
    return json ? LogLine.json(record) : LogLine.text(record);
  }

  private static LogRecord ownRecord(Level level, String event, String text, Field... fields) {
    Object[] parameters = new Object[fields.length + 1];
    System.arraycopy(fields, 0, parameters, 0, fields.length);
    parameters[fields.length] = Field.of(LogLine.EVENT, event);
    LogRecord record = new LogRecord(level, text);
    record.setLoggerName("bulla");
    record.setParameters(parameters);
    return record;
  }

  private void tellRepeated(Flood.Held<Kind> held) {
    Kind kind = held.kind().orElse(new Kind(Level.WARNING, "others"));
    offer(
        ownRecord(
            kind.level(),
            "repeated",
            "{0} more like this within a second: {1}",
            Field.of("count", held.count()),
            Field.of("text", Field.printable(kind.text(), MOST_TOLD_CHARACTERS))));
  }

  /** Waits until all lines are written, but not for long. */
  @Override
  public void flush() {
    flood.all().forEach(this::tellRepeated);
    outbox.flush(patience);
  }

  @Override
  public void close() {
    flush();
    outbox.close(patience);
  }

  private final class Sink implements Outbox.Sink<String> {
    private final OutputStream out;

    Sink(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(String line) {
      try {
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException _) {
        // Nobody can be told of it: whoever read is gone.
      }
    }

    @Override
    public void lost(long count) {
      write(
          line(
              ownRecord(
                  Level.WARNING,
                  "log_lost",
                  "{0} log lines were left out here: they were not read in time",
                  Field.of("count", count))));
    }

    @Override
    public void idle() {
      flood.ended().forEach(LogOutput.this::tellRepeated);
    }

    @Override
    public void failed(Throwable why) {}

    @Override
    public void end() {}
  }
}
