// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.RawHttp2.End;
import dev.bulla.client.KmsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a peer that may connect can do with frames. After each attack the program has as many
 * threads and files as before, not much more memory, and a connection that was open all the time is
 * served.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AbuseTest {
  private static final int FRAMES = 100_000;
  private static final int WARM_CALLS = 5_000;

  /** The heap may grow to its fixed limit; beyond that, little. */
  private static final long ALLOWED_KIB = 48 << 10;

  /** Carriers of virtual threads and compiler threads come and go. */
  private static final int ALLOWED_THREADS = 4;

  private Program program;
  private KmsClient bystander;
  private Program.Usage before;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    program = Program.start(folder, (Integer) Files.getAttribute(folder, "unix:uid"));
    bystander = program.client();
    Sealed sealed = Sealed.by(bystander);
    for (int i = 0; i < WARM_CALLS; i++) {
      sealed.openWith(bystander);
    }
  }

  @AfterAll
  void stop() {
    bystander.close();
    program.close();
  }

  @BeforeEach
  void measure() throws IOException {
    before = program.usage();
  }

  @AfterEach
  void isAsBefore(TestInfo test, TestReporter reporter) throws IOException {
    Sealed.by(bystander).openWith(bystander);
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Program.Usage after = program.usage();
    while (after.files() > before.files() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(10_000_000);
      after = program.usage();
    }
    reporter.publishEntry(test.getDisplayName(), before + " " + after);
    assertThat(after.files()).isLessThanOrEqualTo(before.files());
    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + ALLOWED_THREADS);
    assertThat(after.rssKib()).isLessThan(before.rssKib() + ALLOWED_KIB);
  }

  private static int stream(int round) {
    return 2 * round + 1;
  }

  private End attack(RawHttp2.Frames frames) throws IOException {
    try (RawHttp2 connection = RawHttp2.open(program.socket())) {
      return connection.flood(FRAMES, frames);
    }
  }

  @Test
  void rapidReset_endsTheConnection() throws IOException {
    byte[] headers = RawHttp2.headers("Status");
    End end =
        attack(
            (connection, round) -> {
              connection.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream(round), headers);
              connection.send(RawHttp2.RST_STREAM, 0, stream(round), new byte[] {0, 0, 0, 8});
              var _ = connection.drain();
            });
    assertThat(end).isEqualTo(End.CLOSED);
  }

  @Test
  void streamsBeyondTheLimit_areRefused() throws IOException {
    byte[] headers = RawHttp2.headers("Encrypt");
    End end =
        attack(
            (connection, round) -> {
              connection.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream(round), headers);
              var _ = connection.drain();
            });
    assertThat(end).isIn(End.CLOSED, End.SENT);
  }

  @Test
  void hugeHeaders_areNotKept() throws IOException {
    byte[] filler = new byte[16_000];
    End end =
        attack(
            (connection, round) ->
                connection.send(
                    round == 0 ? RawHttp2.HEADERS : RawHttp2.CONTINUATION, 0, 1, filler));
    assertThat(end).isEqualTo(End.CLOSED);
  }

  @Test
  void floodOfContinuations_endsTheConnection() throws IOException {
    End end =
        attack(
            (connection, round) ->
                connection.send(round == 0 ? RawHttp2.HEADERS : RawHttp2.CONTINUATION, 0, 1));
    assertThat(end).isEqualTo(End.CLOSED);
  }

  @Test
  void floodOfSettings_whoseAnswersAreNotRead_isBounded() throws IOException {
    End end =
        attack(
            (connection, _) ->
                connection.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 1}));
    assertThat(end).isIn(End.CLOSED, End.STALLED);
  }

  @Test
  void floodOfPings_endsTheConnection() throws IOException {
    End end =
        attack(
            (connection, _) -> {
              connection.send(RawHttp2.PING, 0, 0, new byte[8]);
              var _ = connection.drain();
            });
    assertThat(end).isEqualTo(End.CLOSED);
  }

  @Test
  void floodOfEmptyData_isBounded() throws IOException {
    byte[] headers = RawHttp2.headers("Encrypt");
    End end =
        attack(
            (connection, round) -> {
              if (round == 0) {
                connection.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, headers);
              }
              connection.send(RawHttp2.DATA, 0, 1);
              var _ = connection.drain();
            });
    assertThat(end).isIn(End.CLOSED, End.SENT);
  }

  @Test
  void answersThatAreNotTaken_areBounded() throws IOException {
    byte[] headers = RawHttp2.headers("Status");
    byte[] empty = new byte[5];
    try (RawHttp2 connection = RawHttp2.open(program.socket())) {
      // SETTINGS_INITIAL_WINDOW_SIZE 0: nothing may be answered.
      connection.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      End end =
          connection.flood(
              FRAMES,
              (each, round) -> {
                each.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream(round), headers);
                each.send(RawHttp2.DATA, RawHttp2.END_STREAM, stream(round), empty);
                var _ = each.drain();
              });
      assertThat(end).isIn(End.CLOSED, End.SENT);
    }
  }

  @Test
  void halfMessages_areBounded() throws IOException {
    byte[] headers = RawHttp2.headers("Encrypt");
    // A message of 60,000 bytes of which the last never comes.
    byte[] half = new byte[12_000];
    half[3] = (byte) (60_000 >> 8);
    half[4] = (byte) 60_000;
    byte[] more = new byte[12_000];
    List<RawHttp2> connections = new ArrayList<>();
    try {
      for (int i = 0; i < 32; i++) {
        RawHttp2 connection = RawHttp2.open(program.socket());
        connections.add(connection);
        var _ =
            connection.flood(
                256,
                (each, round) -> {
                  int stream = stream(round);
                  each.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, headers);
                  each.send(RawHttp2.DATA, 0, stream, half);
                  for (int part = 0; part < 3; part++) {
                    each.send(RawHttp2.DATA, 0, stream, more);
                  }
                  var _ = each.drain();
                });
      }
      Sealed.by(bystander).openWith(bystander);
    } finally {
      for (RawHttp2 connection : connections) {
        connection.close();
      }
    }
  }

  @Test
  void connectionsThatSayNothing_areEndedAndMakeRoom() throws IOException {
    List<RawHttp2> silent = new ArrayList<>();
    try {
      // One is the bystander's.
      for (int i = 0; i < 127; i++) {
        silent.add(RawHttp2.silent(program.socket()));
      }
      try (RawHttp2 oneOver = RawHttp2.silent(program.socket())) {
        assertThat(oneOver.isOpen(Duration.ofSeconds(3))).isFalse();
      }
      assertThat(silent.getFirst().isOpen(Duration.ofSeconds(30))).isFalse();
      try (RawHttp2 next = RawHttp2.open(program.socket())) {
        assertThat(next.isAnswered()).isTrue();
      }
    } finally {
      for (RawHttp2 connection : silent) {
        connection.close();
      }
    }
  }

  @Test
  void reconnects_leaveNothingBehind() throws IOException {
    int times = Integer.getInteger("bulla.reconnects", 3_000);
    int answered = 0;
    for (int i = 0; i < times; i++) {
      try (RawHttp2 connection = RawHttp2.open(program.socket())) {
        answered += connection.isAnswered() ? 1 : 0;
      } catch (IOException _) {
        // Refused: the server has not yet seen the end of those before.
      }
    }
    assertThat(answered).isGreaterThan(times / 2);
  }
}
