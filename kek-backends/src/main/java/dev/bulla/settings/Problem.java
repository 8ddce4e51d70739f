// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

/**
 * Something wrong at one place of a settings file.
 *
 * @param position where
 * @param key path of the key, such as {@code keks[0].local.keyFile}; empty for the whole file
 * @param message what is wrong, what is allowed, what to do
 */
public record Problem(Position position, String key, String message) {

  /** Returns {@code FILE:LINE:COLUMN: KEY: MESSAGE}. */
  public String render(String file) {
    String where = file + ":" + position.line() + ":" + position.column() + ": ";
    return where + (key.isEmpty() ? "" : key + ": ") + message;
  }

  /**
   * A place in a file.
   *
   * @param line from 1
   * @param column from 1
   */
  public record Position(int line, int column) {
    /** The beginning of the file. */
    public static final Position START = new Position(1, 1);
  }
}
