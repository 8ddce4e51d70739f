// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.google.crypto.tink.util.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text {@code vault:vN:BASE64}. The service reads it leniently: it takes version 0 for 1, and
 * line breaks. So one ciphertext has many texts there, and exactly one here.
 *
 * @param number the version in the text
 * @param blob nonce, ciphertext and tag
 */
record Ciphertext(long number, Bytes blob) {
  private static final Pattern TEXT =
      Pattern.compile("vault:v([1-9][0-9]{0,9}):([A-Za-z0-9+/]{1,4096}={0,2})");

  /** Reads a text; empty if it is not exactly the one that {@link #text()} would write. */
  static Optional<Ciphertext> parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches() || Long.parseLong(m.group(1)) > TransitVersion.MOST) {
      return Optional.empty();
    }
    Optional<byte[]> blob = canonical(m.group(2).getBytes(StandardCharsets.US_ASCII));
    return blob.map(bytes -> new Ciphertext(Long.parseLong(m.group(1)), Bytes.copyFrom(bytes)));
  }

  String text() {
    return "vault:v" + number + ":" + Base64.getEncoder().encodeToString(blob.toByteArray());
  }

  /** Decodes base64 in its one canonical form; {@code ascii} stays the caller's. */
  static Optional<byte[]> canonical(byte[] ascii) {
    try {
      byte[] bytes = Base64.getDecoder().decode(ascii);
      byte[] again = Base64.getEncoder().encode(bytes);
      boolean same = Arrays.equals(again, ascii);
      Arrays.fill(again, (byte) 0);
      if (same) {
        return Optional.of(bytes);
      }
      Arrays.fill(bytes, (byte) 0);
      return Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
