// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.files.FileTrouble;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which lines an event makes. */
final class EventLogTest {
  private final LogRecords records = LogRecords.listen();

  @AfterEach
  void stop() {
    records.close();
  }

  @Test
  void troubleOfAFile_isOneLine_andADefectThereHasItsStackOnAnother() {
    EventLog log = new EventLog();
    for (BiConsumer<EventLog, IOException> event :
        List.<BiConsumer<EventLog, IOException>>of(EventLog::notWritten, EventLog::notAudited)) {
      event.accept(log, FileTrouble.explained(new IOException("no space")));
      assertThat(records.all()).hasSize(1);
      Error defect = new NoClassDefFoundError("gone");
      event.accept(log, FileTrouble.explained(defect));
      assertThat(records.all()).hasSize(3);
      assertThat(records.all().getLast().getThrown()).isSameAs(defect);
      records.forget();
    }
  }
}
