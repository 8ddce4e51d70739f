// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

import java.util.Collection;

/** Finds the word that was probably meant. */
final class Spelling {
  private static final int NEAR = 2;
  private static final int LONGEST = 40;

  private Spelling() {}

  static String suggestion(String word, Collection<String> known) {
    return known.stream()
        .filter(k -> word.length() <= LONGEST && distance(word, k) <= NEAR)
        .findFirst()
        .map(k -> " (did you mean '" + k + "'?)")
        .orElse("");
  }

  /** The edit distance of Levenshtein. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
