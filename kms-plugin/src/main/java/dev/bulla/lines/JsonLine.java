// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** Fields as one JSON object on one line. */
public final class JsonLine {
  private JsonLine() {}

  /** Returns the object, without a line feed, its fields in the order of the list. */
  public static String of(List<Field> fields) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      for (Field field : fields) {
        var _ = json.name(field.name());
        var _ = field.isNumber() ? json.jsonValue(field.value()) : json.value(field.value());
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot be written to", e);
    }
    return text.toString();
  }
}
