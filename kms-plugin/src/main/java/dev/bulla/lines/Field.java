// SPDX-License-Identifier: Apache-2.0
package dev.bulla.lines;

import java.util.regex.Pattern;

/**
 * One named value of a line, safe to print: whatever is not printable ASCII is a question mark, and
 * values are cut to a length. Its {@code toString} is the value, so that it can stand in a
 * sentence.
 *
 * @param name stable and documented: others' programs read it
 * @param value as it is printed
 * @param isNumber whether JSON has it without quotes
 */
public record Field(String name, String value, boolean isNumber) {
  /** Longest value of a field but for {@link #ofLong}. */
  public static final int MOST_CHARACTERS = 256;

  /** Longest value there is. */
  public static final int MOST_OF_LONG = 4_096;

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  /** Makes the value safe. */
  public Field {
    value = printable(value, MOST_OF_LONG);
  }

  /** A text of at most {@value #MOST_CHARACTERS} characters. */
  public static Field of(String name, String value) {
    return new Field(name, printable(value, MOST_CHARACTERS), false);
  }

  /** A text of at most {@value #MOST_OF_LONG} characters. */
  public static Field ofLong(String name, String value) {
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
