// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.lines.Field;
import dev.bulla.lines.JsonLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;

/** A record of java.util.logging as a line: for people, or as a JSON object. Thread-safe. */
final class LogLine {
  /** The field that names what a line tells of. */
  static final String EVENT = "event";

  private static final int MOST_STACK_CHARACTERS = 8_192;
  private static final Formatter SENTENCES =
      new Formatter() {
        @Override
        public String format(LogRecord record) {
          return formatMessage(record);
        }
      };

  private LogLine() {}

  /** Returns time in UTC, level, text; a stack trace only with a defect. Ends with an LF. */
  static String text(LogRecord record) {
    return time(record)
        + ' '
        + record.getLevel().getName().toLowerCase(Locale.ROOT)
        + ' '
        + SENTENCES.format(record).replaceAll("\\p{Cntrl}", "?")
        + '\n'
        + stack(record);
  }

  /** Returns an object on one line (docs/operate.md). Ends with an LF. */
  static String json(LogRecord record) {
    List<Field> given = fields(record);
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("time", time(record)));
    fields.add(Field.of("level", level(record.getLevel())));
    fields.add(
        given.stream()
            .filter(field -> field.name().equals(EVENT))
            .findFirst()
            .orElse(Field.of(EVENT, "other")));
    fields.add(Field.ofLong("message", SENTENCES.format(record)));
    given.stream().filter(field -> !field.name().equals(EVENT)).forEach(fields::add);
    if (!"bulla".equals(record.getLoggerName())) {
      fields.add(Field.of("logger", String.valueOf(record.getLoggerName())));
    }
    if (record.getThrown() != null) {
      fields.add(Field.ofLong("stack", stack(record).replace('\n', '|').replace("\t", "")));
    }
    return JsonLine.of(fields) + '\n';
  }

  private static List<Field> fields(LogRecord record) {
    Object[] parameters = record.getParameters();
    return parameters == null
        ? List.of()
        : Stream.of(parameters).filter(Field.class::isInstance).map(Field.class::cast).toList();
  }

  private static String time(LogRecord record) {
    return record.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    return level.intValue() >= Level.WARNING.intValue() ? "warning" : "info";
  }

  private static String stack(LogRecord record) {
    Throwable thrown = record.getThrown();
    if (thrown == null) {
      return "";
    }
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    String text = trace.toString();
    return text.length() > MOST_STACK_CHARACTERS
        ? text.substring(0, MOST_STACK_CHARACTERS) + '\n'
        : text;
  }
}
