// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.bulla.config.LogFormat;
import dev.bulla.lines.Field;
import dev.bulla.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines for people and for programs; floods are counted, and nobody waits for a reader. */
@Timeout(60)
final class LogOutputTest {
  private static final String HOSTILE = "x\n{\"level\":\"error\"}\u001b[2J\u202e";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private static LogRecord record(String text, Object... parameters) {
    LogRecord record = new LogRecord(Level.WARNING, text);
    record.setLoggerName("bulla");
    record.setInstant(Instant.parse("2026-11-25T09:30:00.123456Z"));
    record.setParameters(parameters);
    return record;
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static JsonObject json(String line) {
    return JsonParser.parseString(line).getAsJsonObject();
  }

  @Test
  void json_hasTheDocumentedFieldsInOrder() {
    assertThat(
            LogLine.json(
                record(
                    "KEK {0} is {1}",
                    Field.of("kek", "primary"),
                    Field.of("count", 7),
                    Field.of("event", "kek_state"))))
        .isEqualTo(
            "{\"time\":\"2026-11-25T09:30:00.123Z\",\"level\":\"warning\",\"event\":\"kek_state\","
                + "\"message\":\"KEK primary is 7\",\"kek\":\"primary\",\"count\":7}\n");
  }

  @Test
  void text_isAsBefore() {
    assertThat(LogLine.text(record("KEK {0} is {1}", Field.of("kek", "a"), Field.of("n", 7_000))))
        .isEqualTo("2026-11-25T09:30:00.123Z warning KEK a is 7000\n");
  }

  @Test
  void hostileText_staysOnOneLineOfPrintableCharacters() {
    String line = LogLine.json(record("uid {0}", Field.of("request", HOSTILE)));
    assertThat(line).matches("[\\x20-\\x7e]+\n");
    assertThat(json(line).get("level").getAsString()).isEqualTo("warning");
    assertThat(LogLine.text(record("uid {0}", Field.of("request", HOSTILE))))
        .matches("[\\x20-\\x7e]+\n");
  }

  @Test
  void defect_hasItsStackOnOneBoundedLine() {
    LogRecord record = record("a defect");
    record.setThrown(new IllegalStateException("x".repeat(20_000)));
    String line = LogLine.json(record);
    assertThat(line.lines()).hasSize(1);
    assertThat(line.length()).isLessThan(10_000);
    assertThat(json(line).get("stack").getAsString()).startsWith("java.lang.IllegalState");
  }

  @Test
  void lineOfALibrary_namesItsLogger() {
    LogRecord record = record("hello");
    record.setLoggerName("io.grpc.Something");
    assertThat(json(LogLine.json(record)).get("logger").getAsString())
        .isEqualTo("io.grpc.Something");
    assertThat(json(LogLine.json(record)).get("event").getAsString()).isEqualTo("other");
  }

  @Test
  void flood_isAFewLinesAndACount() {
    AtomicLong nanos = new AtomicLong();
    LogOutput output = new LogOutput(out, true, nanos::get, Duration.ofSeconds(20));
    for (int i = 0; i < 100_000; i++) {
      output.publish(record("refused {0}", Field.of("n", i)));
    }
    output.publish(record("another"));
    output.close();
    assertThat(lines()).hasSize(LogOutput.MOST_OF_A_KIND + 2);
    JsonObject last = json(lines().getLast());
    assertThat(last.get("event").getAsString()).isEqualTo("repeated");
    assertThat(last.get("count").getAsLong()).isEqualTo(100_000 - LogOutput.MOST_OF_A_KIND);
    assertThat(last.get("text").getAsString()).isEqualTo("refused {0}");
  }

  @Test
  void readerThatStopped_delaysNobody_andWhatWasLostIsCounted() {
    Semaphore read = new Semaphore(0);
    OutputStream stopped =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes) {
            read.acquireUninterruptibly();
            out.writeBytes(bytes);
          }
        };
    LogOutput output = new LogOutput(stopped, true, Ticker.system(), Duration.ofSeconds(2));
    for (int i = 0; i < LogOutput.CAPACITY + 500; i++) {
      output.publish(record("text " + i));
    }
    output.flush();
    assertThat(lines()).isEmpty();
    read.release(100_000);
    output.close();
    long lost =
        lines().stream()
            .map(LogOutputTest::json)
            .filter(line -> line.get("event").getAsString().matches("log_lost|repeated"))
            .mapToLong(line -> line.get("count").getAsLong())
            .sum();
    long written = lines().stream().filter(line -> line.contains("\"message\":\"text ")).count();
    assertThat(lost).isPositive();
    assertThat(written).isBetween(1L, LogOutput.CAPACITY + 1L);
  }

  @Test
  void format_isAsConfigured() {
    LogOutput output = new LogOutput(out, true, Ticker.system(), Duration.ofSeconds(20));
    output.setFormat(LogFormat.TEXT);
    output.publish(record("people"));
    output.flush();
    output.setFormat(LogFormat.JSON);
    output.publish(record("programs"));
    output.close();
    assertThat(lines().getFirst()).isEqualTo("2026-11-25T09:30:00.123Z warning people");
    assertThat(json(lines().getLast()).get("message").getAsString()).isEqualTo("programs");
  }
}
