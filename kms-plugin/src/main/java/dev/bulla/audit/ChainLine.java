// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.bulla.lines.Field;
import dev.bulla.lines.JsonLine;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A line as it was found.
 *
 * @param seq its number, at least 1
 * @param event what it tells of
 * @param prev the hash of the line before, as it says
 * @param torn how many bytes of an unfinished line it says stand before it; 0 if it says nothing
 */
record ChainLine(long seq, String event, String prev, long torn) {
  /** Longest line, in bytes without its LF: twelve fields of 256 characters, all escaped. */
  static final int MOST_BYTES = 8 * 1_024;

  /** What stands for the hash before the first line. */
  static final String NOTHING = "0".repeat(64);

  static final String OPENED = "opened";
  static final String CLOSED = "closed";
  static final String TORN = "torn";

  /** Returns the bytes of a line, without its LF. */
  static byte[] encode(long seq, AuditEntry entry, String prev) {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("seq", seq));
    fields.add(Field.of("time", entry.time().truncatedTo(ChronoUnit.MILLIS).toString()));
    fields.add(Field.of("event", entry.event()));
    fields.addAll(entry.fields());
    fields.add(Field.of("prev", prev));
    return JsonLine.of(fields).getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a line, without its LF; empty if no line of a chain has these bytes. */
  static Optional<ChainLine> parse(byte[] line) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return JsonParser.parseString(text) instanceof JsonObject json
              && json.get("seq") instanceof JsonPrimitive seq
              && json.get("event") instanceof JsonPrimitive event
              && json.get("prev") instanceof JsonPrimitive prev
          ? Optional.of(
              new ChainLine(seq.getAsLong(), event.getAsString(), prev.getAsString(), torn(json)))
          : Optional.empty();
    } catch (CharacterCodingException | JsonParseException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static long torn(JsonObject json) {
    return json.get(TORN) instanceof JsonPrimitive torn ? torn.getAsLong() : 0;
  }

  boolean isOpening() {
    return event.equals(OPENED);
  }

  /** Returns the SHA-256 of a line's bytes, without its LF, in hex. */
  static String hash(byte[] line) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime must have SHA-256", e);
    }
  }
}
