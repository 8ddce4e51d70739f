// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import java.util.regex.Pattern;

/**
 * One named value of a line, safe to print: whatever is not printable ASCII is a question mark, and
 * no value is longer than {@value #MOST_CHARACTERS} characters. Its {@code toString} is the value,
 * so that it can stand in a sentence.
 *
 * @param name stable and documented: others' programs read it
 * @param value as it is printed
 * @param isNumber whether JSON has it without quotes
 */
public record Field(String name, String value, boolean isNumber) {
  /** Longest value of a field; longer ones are cut. */
  public static final int MOST_CHARACTERS = 256;

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  /** Makes the value safe. */
  public Field {
    value = printable(value, MOST_CHARACTERS);
  }

  /** A text. */
  public static Field of(String name, String value) {
    return new Field(name, value, false);
  }

  /** A number. */
  public static Field of(String name, long value) {
    return new Field(name, Long.toString(value), true);
  }

  /** Returns {@code text} as printable ASCII of at most {@code most} characters. */
  public static String printable(String text, int most) {
    String cut = text.length() > most ? text.substring(0, most) : text;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  @Override
  public String toString() {
    return value;
  }
}
