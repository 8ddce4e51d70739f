// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What Bulla's log is given from now on, until it is closed. Thread-safe. */
final class LogRecords extends Handler {
  // Held here: the JDK forgets a logger, with its handlers, that nobody holds.
  private final Logger logger = Logger.getLogger("bulla");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  private LogRecords() {}

  static LogRecords listen() {
    LogRecords records = new LogRecords();
    records.logger.addHandler(records);
    return records;
  }

  /** Returns all that were not forgotten. */
  List<LogRecord> all() {
    return List.copyOf(records);
  }

  /** Returns them as lines of JSON. */
  List<String> lines() {
    return records.stream().map(LogLine::json).toList();
  }

  void forget() {
    records.clear();
  }

  @Override
  public void publish(LogRecord record) {
    records.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
