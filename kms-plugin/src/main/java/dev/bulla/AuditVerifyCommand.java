// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import dev.bulla.audit.ChainCheck;
import dev.bulla.audit.ChainReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code bulla audit verify FILE...}: whether lines were removed, changed or moved. */
final class AuditVerifyCommand {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final PrintStream out;
  private final PrintStream err;

  AuditVerifyCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  ExitCode run(List<String> files, List<String> kept) {
    Set<String> hashes = new HashSet<>();
    for (String hash : kept) {
      if (!HASH.matcher(hash.toLowerCase(Locale.ROOT)).matches()) {
        err.println("bulla: --kept must have 64 hex digits, as the log tells them");
        return ExitCode.USAGE;
      }
      hashes.add(hash.toLowerCase(Locale.ROOT));
    }
    try {
      return show(ChainCheck.of(paths(files), hashes));
    } catch (InvalidPathException e) {
      err.println("bulla: one of these is not a path: " + e.getReason());
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println("bulla: it cannot be read: " + e.getMessage());
      return ExitCode.RUNTIME;
    }
  }

  private static List<Path> paths(List<String> files) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String file : files) {
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new IOException(path + " is not a file; name those of audit.path, rotated ones too");
      }
      paths.add(path);
    }
    return paths;
  }

  private ExitCode show(ChainReport report) {
    report.notes().forEach(note -> out.println("note: " + note));
    report.problems().forEach(problem -> out.println("PROBLEM: " + problem));
    out.println(
        report.lines()
            + " lines, numbers "
            + report.firstSeq()
            + " to "
            + report.lastSeq()
            + "; the last line's hash is "
            + report.lastHash());
    if (!report.closed()) {
      out.println(
          "The last line is not 'closed': the process runs, was killed, or lines after it were cut"
              + " off.");
    }
    out.println(
        report.problems().isEmpty()
            ? "good: no line was removed, changed or moved, unless all from there on were written"
                + " anew or cut off; a hash kept elsewhere (--kept HASH) excludes that"
            : "NOT good");
    return report.problems().isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }
}
