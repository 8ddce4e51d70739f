// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for secrets in what a program has written, in each form in which they are printed: raw,
 * hexadecimal, Base64 of both alphabets at each of its three alignments, a Java array's numbers,
 * protobuf's escapes.
 */
final class LeakSearch {
  /** Patterns are found by their first bytes; none is shorter. */
  private static final int START = 6;

  private record Pattern(String secret, ByteBuffer bytes) {}

  private final Map<Long, List<Pattern>> byStart = new HashMap<>();

  /** Also looks for this secret from now on; at least six bytes. */
  void add(String name, byte... secret) {
    if (secret.length < START) {
      throw new IllegalArgumentException(name + " is too short to be told from chance");
    }
    forms(secret)
        .forEach(
            (form, bytes) ->
                byStart
                    .computeIfAbsent(start(bytes, 0), _ -> new ArrayList<>())
                    .add(new Pattern(name + " as " + form, ByteBuffer.wrap(bytes))));
  }

  /** Returns the forms of a secret by their names. */
  static Map<String, byte[]> forms(byte[] secret) {
    Map<String, byte[]> forms = new HashMap<>();
    forms.put("bytes", secret);
    String hex = HexFormat.of().formatHex(secret);
    forms.put("hex", ascii(hex));
    forms.put("upper hex", ascii(hex.toUpperCase(Locale.ROOT)));
    String array = Arrays.toString(secret);
    forms.put("an array", ascii(array.substring(1, array.length() - 1)));
    forms.put("protobuf", ascii(TextFormat.escapeBytes(ByteString.copyFrom(secret))));
    for (int before = 0; before < 3; before++) {
      forms.put("Base64 " + before, base64(secret, before, Base64.getEncoder()));
      forms.put("Base64url " + before, base64(secret, before, Base64.getUrlEncoder()));
    }
    return forms;
  }

  // Only the characters that no byte before or after the secret has a part in.
  private static byte[] base64(byte[] secret, int before, Base64.Encoder encoder) {
    byte[] shifted = new byte[before + secret.length];
    System.arraycopy(secret, 0, shifted, before, secret.length);
    int from = (before * 8 + 5) / 6;
    int to = shifted.length * 8 / 6;
    return Arrays.copyOfRange(encoder.encode(shifted), from, to);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static long start(byte[] bytes, int at) {
    long start = 0;
    for (int i = 0; i < START; i++) {
      start = (start << 8) | (bytes[at + i] & 0xFF);
    }
    return start;
  }

  /** Returns the names and forms of the secrets that are in it. */
  Set<String> foundIn(byte[] content) {
    Set<String> found = new TreeSet<>();
    for (int at = 0; at + START <= content.length; at++) {
      for (Pattern pattern : byStart.getOrDefault(start(content, at), List.of())) {
        int size = pattern.bytes().capacity();
        if (at + size <= content.length
            && pattern.bytes().equals(ByteBuffer.wrap(content, at, size))) {
          found.add(pattern.secret());
        }
      }
    }
    return found;
  }
}
