// SPDX-License-Identifier: Apache-2.0
package dev.bulla.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told, in words. */
final class RecordedEvents implements JournalEvents {
  private final List<String> told = new ArrayList<>();

  /** Returns what was told since this was last asked. */
  synchronized List<String> take() {
    List<String> all = List.copyOf(told);
    told.clear();
    return all;
  }

  private synchronized void add(String text) {
    told.add(text);
  }

  @Override
  public void unreadable(int records, String why) {
    add("unreadable " + records + " " + why);
  }

  @Override
  public void notWritten(IOException why) {
    add("notWritten " + why.getMessage());
  }

  @Override
  public void writtenAgain() {
    add("writtenAgain");
  }
}
