// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, so that all of it is told at once. Not thread-safe. */
public final class Problems {
  /** Most problems that are kept: a reader mends the first few and asks again. */
  private static final int MAX = 100;

  private static final int MAX_ECHO = 64;

  private final List<Problem> found = new ArrayList<>();

  /** Adds a problem. */
  public void add(Problem.Position position, String key, String message) {
    if (found.size() < MAX) {
      found.add(new Problem(position, key, message));
    }
  }

  /** Returns whether nothing is wrong so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns what was found, in the order of the file. */
  public List<Problem> inOrder() {
    return found.stream().distinct().sorted(Problems::compare).toList();
  }

  // No Comparator.comparingInt: its code is made at each start, in 8 ms, and no archive of classes
  // can hold it.
  private static int compare(Problem one, Problem other) {
    Problem.Position first = one.position();
    Problem.Position second = other.position();
    int lines = Integer.compare(first.line(), second.line());
    return lines != 0 ? lines : Integer.compare(first.column(), second.column());
  }

  /** Returns {@code value} in quotes, cut and without control characters: safe to print. */
  public static String quoted(String value) {
    StringBuilder out = new StringBuilder("'");
    value
        .codePoints()
        .limit(MAX_ECHO)
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return out.append(value.length() > MAX_ECHO ? "…'" : "'").toString();
  }
}
