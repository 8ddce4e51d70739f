// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Reads a token, an id or a JWT from a file: one word of printable ASCII. It becomes a String, as
 * the HTTP client's headers need one.
 */
final class SecretText {
  private static final int MOST_BYTES = 16 * 1024;
  private static final Pattern WORD = Pattern.compile("[\\x21-\\x7e]+");

  private SecretText() {}

  /** Returns whether a header can carry it; the HTTP client would quote one that it refuses. */
  static boolean isWord(String text) {
    return WORD.matcher(text).matches();
  }

  /**
   * Returns the word in {@code file}, without space around it.
   *
   * @throws KekException.Denied if there is none
   */
  static String read(Path file) throws KekException.Denied {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      String word = new String(content, StandardCharsets.US_ASCII).strip();
      if (content.length <= MOST_BYTES && isWord(word)) {
        return word;
      }
      throw new KekException.Denied(
          file + " must hold one word of printable characters, without space in it");
    } catch (IOException _) {
      throw new KekException.Denied(file + " cannot be read; is it there, and readable by Bulla?");
    }
  }
}
