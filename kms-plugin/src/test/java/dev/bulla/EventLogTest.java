// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.files.FileTrouble;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which lines an event makes. */
final class EventLogTest {
  private static final Logger LOGGER = Logger.getLogger("bulla");

  private final List<LogRecord> records = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void stop() {
    LOGGER.removeHandler(handler);
  }

  @Test
  void troubleOfAFile_isOneLine_andADefectThereHasItsStackOnAnother() {
    EventLog log = new EventLog();
    for (BiConsumer<EventLog, IOException> event :
        List.<BiConsumer<EventLog, IOException>>of(EventLog::notWritten, EventLog::notAudited)) {
      event.accept(log, FileTrouble.explained(new IOException("no space")));
      assertThat(records).hasSize(1);
      Error defect = new NoClassDefFoundError("gone");
      event.accept(log, FileTrouble.explained(defect));
      assertThat(records).hasSize(3);
      assertThat(records.getLast().getThrown()).isSameAs(defect);
      records.clear();
    }
  }
}
