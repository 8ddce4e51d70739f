// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object, read strictly: no duplicate keys, nothing after it, at most {@value #DEPTH} deep.
 * Texts are held as characters that {@link #close()} wipes, so that a secret need not become a
 * String. A value is named by the keys on the way to it. Not thread-safe.
 */
final class Json implements AutoCloseable {
  private static final int DEPTH = 8;
  private static final int MOST_VALUES = 4096;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEPTH).maxNumberLength(32).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Map<List<String>, Object> values = new HashMap<>();
  private final Set<List<String>> arrays = new HashSet<>();
  private final Deque<String> path = new ArrayDeque<>();

  private Json() {}

  /** Reads {@code body}, which stays the caller's; empty if it is not one such object. */
  static Optional<Json> parse(byte[] body) {
    Json json = new Json();
    try (JsonParser parser = FACTORY.createParser(body)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        json.object(parser);
        if (parser.nextToken() == null) {
          return Optional.of(json);
        }
      }
    } catch (IOException _) {
      // Its message quotes the body.
    }
    json.close();
    return Optional.empty();
  }

  private void object(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      path.addLast(parser.currentName());
      value(parser, parser.nextToken());
      path.removeLast();
    }
  }

  private void array(JsonParser parser) throws IOException {
    arrays.add(List.copyOf(path));
    int index = 0;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      path.addLast(String.valueOf(index++));
      value(parser, token);
      path.removeLast();
    }
  }

  private void value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (values.size() >= MOST_VALUES) {
      throw new IOException("too many values");
    }
    switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> put(characters(parser));
      case VALUE_NUMBER_INT -> put(parser.getLongValue());
      case VALUE_TRUE -> put(true);
      case VALUE_FALSE -> put(false);
      case VALUE_NULL, VALUE_NUMBER_FLOAT -> {}
      case null, default -> throw new IOException("not a value");
    }
  }

  private void put(Object value) {
    values.put(List.copyOf(path), value);
  }

  // The parser's own buffer is wiped too: it serves the next answer.
  private static char[] characters(JsonParser parser) throws IOException {
    char[] buffer = parser.getTextCharacters();
    int from = parser.getTextOffset();
    int to = from + parser.getTextLength();
    char[] copy = Arrays.copyOfRange(buffer, from, to);
    Arrays.fill(buffer, from, to, '\0');
    return copy;
  }

  /** Returns a text as a String: not for secrets that are keys. */
  Optional<String> text(String... at) {
    return values.get(List.of(at)) instanceof char[] text
        ? Optional.of(new String(text))
        : Optional.empty();
  }

  /** Returns the bytes of a text in canonical base64; the caller owns and wipes them. */
  Optional<byte[]> base64(String... at) {
    if (!(values.get(List.of(at)) instanceof char[] text)) {
      return Optional.empty();
    }
    byte[] ascii = new byte[text.length];
    for (int i = 0; i < ascii.length; i++) {
      ascii[i] = text[i] < 0x80 ? (byte) text[i] : 0;
    }
    Optional<byte[]> bytes = Ciphertext.canonical(ascii);
    Arrays.fill(ascii, (byte) 0);
    return bytes;
  }

  /** Returns a whole number. */
  OptionalLong number(String... at) {
    return values.get(List.of(at)) instanceof Long number
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  /** Returns true or false; empty if it is neither. */
  Optional<Boolean> flag(String... at) {
    return values.get(List.of(at)) instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
  }

  /** Returns whether there is an array. */
  boolean hasArray(String... at) {
    return arrays.contains(List.of(at));
  }

  /** Returns the texts of an array, in order. */
  List<String> texts(String... at) {
    List<String> found = new ArrayList<>();
    List<String> next = new ArrayList<>(List.of(at));
    next.add("0");
    while (values.get(next) instanceof char[] text) {
      found.add(new String(text));
      next.set(next.size() - 1, String.valueOf(found.size()));
    }
    return Collections.unmodifiableList(found);
  }

  /** Returns the keys of an object that have plain values. */
  Set<String> keys(String... at) {
    List<String> parent = List.of(at);
    Set<String> keys = new TreeSet<>();
    for (List<String> each : values.keySet()) {
      if (each.size() == parent.size() + 1 && each.subList(0, parent.size()).equals(parent)) {
        keys.add(each.getLast());
      }
    }
    return keys;
  }

  /** Wipes every text. May be called again. */
  @Override
  public void close() {
    for (Object value : values.values()) {
      if (value instanceof char[] text) {
        Arrays.fill(text, '\0');
      }
    }
    values.clear();
  }
}
