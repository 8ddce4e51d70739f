// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.envelope.WrappedDekSummary;
import dev.bulla.journal.Journal;
import dev.bulla.journal.JournalEvents;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code bulla journal show JOURNAL}: what a start would unwrap. Never a secret, never a call. */
final class JournalShowCommand {
  private final PrintStream out;
  private final PrintStream err;

  JournalShowCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  ExitCode run(String file) {
    Path path;
    try {
      path = Path.of(file).toAbsolutePath();
    } catch (InvalidPathException _) {
      err.println("bulla: that is not a path; name the file of journal.path");
      return ExitCode.USAGE;
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      err.println("bulla: there is no " + path + "; it is made when the first data key is");
      return ExitCode.RUNTIME;
    }
    Troubles troubles = new Troubles();
    try (Journal journal = Journal.open(path, troubles)) {
      show(journal.records());
    }
    return troubles.seen.get() ? ExitCode.RUNTIME : ExitCode.OK;
  }

  private void show(List<byte[]> records) {
    for (byte[] record : records) {
      out.println(
          WrappedDekSummary.of(record)
              .map(WrappedDekSummary::toString)
              .orElse("not a wrapped data key, " + record.length + " bytes; it is skipped"));
    }
    out.println(records.size() + (records.size() == 1 ? " record" : " records") + ", newest first");
  }

  /** Prints what is wrong with the file. */
  private final class Troubles implements JournalEvents {
    private final AtomicBoolean seen = new AtomicBoolean();

    @Override
    public void unreadable(int records, String why) {
      tell(records + " records cannot be read: " + why);
    }

    @Override
    public void notWritten(IOException why) {
      tell(String.valueOf(why.getMessage()));
    }

    @Override
    public void writtenAgain() {}

    private void tell(String what) {
      seen.set(true);
      err.println("bulla: " + what);
    }
  }
}
