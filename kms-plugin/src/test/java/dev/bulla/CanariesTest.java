// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.envelope.DekSecrets;
import dev.bulla.kek.aws.fake.FakeAwsKms;
import dev.bulla.kek.vault.fake.FakeTransit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run with known plaintexts, keys and tokens, at every log level, with KEKs that fail in between:
 * none of them is in anything that the program writes. {@code -Dbulla.canaries=N} sets the number
 * of requests.
 */
@Timeout(600)
final class CanariesTest {
  private static final int CALLS = Integer.getInteger("bulla.canaries", 5_000);
  private static final int FEW = 500;

  @TempDir private Path folder;
  private FakeTransit transit;
  private FakeAwsKms aws;
  private HttpGet ops = new HttpGet(0);

  @BeforeEach
  void startKeks() throws IOException {
    transit = FakeTransit.start();
    transit.createKey("dr", 1_790_000_000L);
    aws = FakeAwsKms.start();
    ops = HttpGet.anyPort();
  }

  @AfterEach
  void stopKeks() {
    transit.close();
    aws.close();
  }

  /** A recovery KEK with an AppRole, one of AWS for old data, many DEKs, a journal. */
  private String more() throws IOException {
    Path role = Files.writeString(folder.resolve("role-id"), FakeTransit.ROLE_ID);
    Path secret = Files.writeString(folder.resolve("secret-id"), FakeTransit.SECRET_ID);
    Path profile = folder.resolve("credentials");
    Files.writeString(
        profile,
        "[bulla]\naws_access_key_id = %s\naws_secret_access_key = %s\n"
            .formatted(FakeAwsKms.ACCESS_KEY, FakeAwsKms.SECRET));
    return """
      - { name: dr, role: recovery, vault: { address: "%s", allowPlainHttp: true, mount: transit, key: dr, auth: { appRole: { roleIdFile: %s, secretIdFile: %s } } } }
      - { name: old, role: decrypt, aws: { keyArn: "%s", endpoint: "%s", allowPlainHttp: true, credentials: { profile: { name: bulla, file: %s } } } }
    dek: { maxSeals: 256 }
    journal: { path: %s }
    audit: { path: %s }
    %s
    """
        .indent(0)
        .formatted(
            transit.address(),
            role,
            secret,
            aws.createKey(),
            aws.endpoint(),
            profile,
            folder.resolve("journal"),
            folder.resolve("audit"),
            ops.line());
  }

  /** What was written by a run, and what the search must not find in it. */
  private record Run(LeakSearch search, List<Path> written, CanaryCalls calls) {
    Set<String> found() throws IOException {
      Set<String> found = new TreeSet<>();
      for (Path file : written) {
        search
            .foundIn(Files.readAllBytes(file))
            .forEach(each -> found.add(each + " in " + file.getFileName()));
      }
      return found;
    }
  }

  private Run run(int count, Class<?> main) throws Exception {
    long uid = (Integer) Files.getAttribute(folder, "unix:uid");
    try (Program program = Program.start(folder, uid, more(), main, List.of());
        KmsClient client = program.client()) {
      CanaryCalls calls = new CanaryCalls(client, new Random());
      calls.make(count / 2);
      // Errors of the services are logged too, and tokens are fetched anew.
      transit.revokeTokens();
      program.signal("QUIT");
      calls.make(count / 2);
      program.signal("QUIT");
      awaitDumps();
      List<Path> written = new ArrayList<>(pages());
      program.stop();
      for (String file : List.of("stdout", "stderr", "journal", "audit")) {
        written.add(folder.resolve(file));
      }
      return new Run(search(calls), written, calls);
    }
  }

  /** What the ops port says at the end. */
  private List<Path> pages() throws IOException, InterruptedException {
    return List.of(
        Files.writeString(folder.resolve("metrics"), ops.get("/metrics").body()),
        Files.writeString(folder.resolve("readyz"), ops.get("/readyz?format=json").body()));
  }

  private void awaitDumps() throws IOException {
    while (dumps() < 2) {
      Thread.onSpinWait();
    }
  }

  private long dumps() throws IOException {
    return Files.readString(folder.resolve("stdout"), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith("Full thread dump"))
        .count();
  }

  private LeakSearch search(CanaryCalls calls) throws Exception {
    LeakSearch search = new LeakSearch();
    calls.seeds().forEach(seed -> search.add("a seed", seed));
    search.add("the KEK", Files.readAllBytes(Program.keyFile(folder)));
    for (ByteString annotation : calls.annotations()) {
      DekSecrets dek =
          DekSecrets.of(annotation.toByteArray(), Program.keyFile(folder), Program.SCOPE);
      search.add("a master", dek.master().toByteArray());
      search.add("a DEK", dek.sealing().toByteArray());
    }
    search.add("the secret id", FakeTransit.SECRET_ID.getBytes(StandardCharsets.US_ASCII));
    search.add("the AWS secret", FakeAwsKms.SECRET.getBytes(StandardCharsets.US_ASCII));
    transit.calls().stream()
        .map(FakeTransit.Call::token)
        .filter(token -> token.length() > 5)
        .distinct()
        .forEach(token -> search.add("a token", token.getBytes(StandardCharsets.US_ASCII)));
    return search;
  }

  @Test
  void aWholeRun_writesNoSecret(TestReporter reporter) throws Exception {
    Run run = run(CALLS, CanaryProcess.class);
    reporter.publishEntry(
        "canaries",
        "%d answered, %d refused, %d DEKs"
            .formatted(
                run.calls().answered(), run.calls().refused(), run.calls().annotations().size()));
    assertThat(run.calls().answered()).isGreaterThan(CALLS / 4);
    assertThat(run.calls().refused()).isGreaterThan(CALLS / 4);
    assertThat(run.calls().annotations()).hasSizeGreaterThan(2);
    assertThat(run.found()).isEmpty();
    for (Path file : run.written()) {
      assertThat(file).isNotEmptyFile();
    }

    // The same search of the same files, with one secret added to each.
    byte[] kek = Files.readAllBytes(Program.keyFile(folder));
    for (Path file : run.written()) {
      Files.write(file, kek, StandardOpenOption.APPEND);
    }
    assertThat(run.found())
        .containsExactly(
            "the KEK as bytes in audit",
            "the KEK as bytes in journal",
            "the KEK as bytes in metrics",
            "the KEK as bytes in readyz",
            "the KEK as bytes in stderr",
            "the KEK as bytes in stdout");
  }

  @Test
  void aRunThatLogsWhatLibrariesSay_isFoundOut() throws Exception {
    assertThat(run(FEW, CanaryProcess.Unfiltered.class).found())
        .contains("a seed as hex in stderr");
  }
}
