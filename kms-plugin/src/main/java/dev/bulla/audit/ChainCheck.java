// SPDX-License-Identifier: Apache-2.0
package dev.bulla.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the files of a trail: whether each line carries the hash of the one before, over all
 * files. For one use, by one thread.
 */
public final class ChainCheck {
  /** Most problems that are put into words. */
  private static final int MOST_TOLD = 20;

  private final Set<String> missing;
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private String place = "";
  private long lines;
  private long first;
  private long seq;
  private String last = ChainLine.NOTHING;
  private long moreProblems;
  private boolean closed;
  private boolean finished;

  /** Bytes that are no line, until the next line says whether a crash left them there. */
  private Optional<String> unread = Optional.empty();

  private long unreadBytes;

  private ChainCheck(Set<String> kept) {
    this.missing = new HashSet<>(kept);
  }

  /**
   * Checks files, put into the order of their first lines.
   *
   * @param kept hashes that were kept elsewhere, each of which must be that of a line
   * @throws IOException if one cannot be read
   */
  public static ChainReport of(List<Path> files, Set<String> kept) throws IOException {
    ChainCheck check = new ChainCheck(kept);
    for (Path file : inOrder(files)) {
      check.read(file);
    }
    return check.report();
  }

  private static List<Path> inOrder(List<Path> files) throws IOException {
    Map<Path, Long> firsts = new HashMap<>();
    for (Path file : files) {
      try (TrailFile trail = TrailFile.open(file)) {
        firsts.put(
            file, ChainLine.parse(trail.next().bytes()).map(ChainLine::seq).orElse(Long.MAX_VALUE));
      }
    }
    return files.stream()
        .distinct()
        .sorted(Comparator.comparingLong(file -> firsts.getOrDefault(file, Long.MAX_VALUE)))
        .toList();
  }

  private void read(Path file) throws IOException {
    try (TrailFile trail = TrailFile.open(file)) {
      long number = 0;
      TrailFile.Line line = trail.next();
      while (line.ended() || line.bytes().length > 0) {
        number++;
        place = file.getFileName() + " line " + number;
        take(line.bytes(), number == 1);
        finished = line.ended();
        if (!finished) {
          notes.add(place + " is not finished: it is being written, or was when the process died");
        }
        line = trail.next();
      }
      if (number == 0) {
        notes.add(file.getFileName() + " is empty");
      }
    }
  }

  private void take(byte[] bytes, boolean isFirst) {
    lines++;
    Optional<ChainLine> parsed =
        bytes.length > ChainLine.MOST_BYTES ? Optional.empty() : ChainLine.parse(bytes);
    String hash = ChainLine.hash(bytes);
    var _ = missing.remove(hash);
    if (parsed.isPresent()) {
      settleUnread(parsed.get());
      compare(parsed.get(), isFirst);
      seq = parsed.get().seq();
      first = first == 0 ? seq : first;
      closed = parsed.get().event().equals(ChainLine.CLOSED);
    } else {
      tellUnread();
      unread = Optional.of(place);
      unreadBytes = bytes.length;
      closed = false;
    }
    last = hash;
  }

  // A crash leaves the beginning of a line; the next start counts its bytes and goes on from them.
  private void settleUnread(ChainLine next) {
    if (unread.isPresent()
        && next.isOpening()
        && next.torn() == unreadBytes
        && next.prev().equals(last)) {
      notes.add(unread.get() + " was cut off by a crash or a full disk, and says nothing");
      unread = Optional.empty();
    }
    tellUnread();
  }

  private void tellUnread() {
    unread.ifPresent(where -> problem(where + " is not a line of an audit trail"));
    unread = Optional.empty();
  }

  private void compare(ChainLine line, boolean isFirst) {
    if (lines == 1) {
      compareFirst(line);
      return;
    }
    if (line.seq() > seq + 1) {
      problem(place + ": " + (line.seq() - seq - 1) + " lines before it are missing");
    } else if (line.prev().equals(ChainLine.NOTHING)) {
      problem(place + " begins a new chain: what is before it is not joined to it");
    } else if (line.seq() <= seq) {
      problem(place + ": number " + line.seq() + " follows " + seq + ": moved, repeated or put in");
    } else if (!line.prev().equals(last)) {
      problem(place + ": the line before it was changed, or this one's 'prev'");
    } else if (isFirst && !line.isOpening()) {
      problem(place + " is not what a file begins with");
    }
  }

  private void compareFirst(ChainLine line) {
    if (!line.isOpening()) {
      problem(place + " is not what a file begins with: its first lines are missing");
    } else if (!line.prev().equals(ChainLine.NOTHING)) {
      notes.add(
          place
              + " goes on from line "
              + (line.seq() - 1)
              + " of an earlier file, which was not given");
    }
  }

  private void problem(String text) {
    if (problems.size() < MOST_TOLD) {
      problems.add(text);
    } else {
      moreProblems++;
    }
  }

  private ChainReport report() {
    if (finished) {
      tellUnread();
    }
    missing.forEach(hash -> problem("no line has the hash " + hash));
    if (moreProblems > 0) {
      problems.add("and " + moreProblems + " more");
    }
    return new ChainReport(lines, first, seq, last, closed, problems, notes);
  }
}
