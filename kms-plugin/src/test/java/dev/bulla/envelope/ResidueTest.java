// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.crypto.tink.util.Bytes;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.memory.LauncherOptions;
import dev.bulla.memory.MemoryScan;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What of a DEK can be read out of the process, from outside, with the launcher's JVM options. */
@Timeout(120)
final class ResidueTest {
  /** A few DEKs' copies may have been in parts of memory that nothing reaches: 1 %. */
  private static final int ALLOWED = ResidueProcess.DEKS / 100;

  @TempDir private Path folder;
  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void stop() {
    children.forEach(Process::destroyForcibly);
  }

  /** Counts of DEKs found while they are in use and after their end, and what the process said. */
  private record Residue(int inUse, int after, String said) {}

  @Test
  void erasedDeks_areGoneAfterAScrub(TestReporter reporter) throws Exception {
    Residue residue = residue(ResidueProcess.End.ERASE_AND_SCRUB);
    reporter.publishEntry("residue", residue.toString());
    assertThat(residue.inUse()).isGreaterThanOrEqualTo(ResidueProcess.DEKS * 95 / 100);
    assertThat(residue.after()).as(residue.said()).isLessThanOrEqualTo(ALLOWED);
  }

  @Test
  void droppedDeks_stayWithoutAScrub(TestReporter reporter) throws Exception {
    Residue residue = residue(ResidueProcess.End.DROP);
    reporter.publishEntry("residue", residue.toString());
    assertThat(residue.inUse()).isGreaterThanOrEqualTo(ResidueProcess.DEKS * 95 / 100);
  }

  private Residue residue(ResidueProcess.End end) throws Exception {
    Path keyFile = folder.resolve("key");
    LocalKek.createKeyFile(keyFile, new SecureRandom());
    Process child = start(keyFile, end);
    try (BufferedReader lines = child.inputReader()) {
      List<String> annotations = new ArrayList<>();
      while (annotations.size() < ResidueProcess.DEKS) {
        annotations.add(line(lines));
      }
      MemoryScan scan = new MemoryScan(secrets(keyFile, annotations));
      int inUse = deksFound(scan, child);
      proceed(child);
      String said = line(lines);
      return new Residue(inUse, deksFound(scan, child), said);
    }
  }

  // A DEK's sealing key and its master: the same index, and that plus the number of DEKs.
  private static int deksFound(MemoryScan scan, Process child) {
    try {
      Set<Integer> found = scan.foundIn(child.pid());
      return (int) found.stream().map(key -> key % ResidueProcess.DEKS).distinct().count();
    } catch (IOException e) {
      return abort("a child's memory cannot be read here: " + e.getMessage());
    }
  }

  private static String line(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new AssertionError("the child process ended");
    }
    return line;
  }

  private static void proceed(Process child) throws IOException {
    child.getOutputStream().write('\n');
    child.getOutputStream().flush();
  }

  private static List<byte[]> secrets(Path keyFile, List<String> annotations) throws Exception {
    List<DekSecrets> deks = new ArrayList<>();
    for (String annotation : annotations) {
      deks.add(DekSecrets.of(HexFormat.of().parseHex(annotation), keyFile, ResidueProcess.SCOPE));
    }
    return Stream.concat(
            deks.stream().map(DekSecrets::sealing), deks.stream().map(DekSecrets::master))
        .map(Bytes::toByteArray)
        .toList();
  }

  private Process start(Path keyFile, ResidueProcess.End end) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LauncherOptions.read());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ResidueProcess.class.getName(),
            keyFile.toString(),
            end.name()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(LauncherOptions.environment());
    Process child = builder.start();
    children.add(child);
    return child;
  }
}
