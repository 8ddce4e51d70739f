// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.files.ProcessUid;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may connect. The strangers are real processes: this one is always let in. */
@Timeout(60)
final class PeersTest {
  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("kms.sock");
  }

  private SocketSettings forNobodyOfOurs() {
    return Instance.forUids(Instance.settings(path()), Set.of(Instance.NOBODY_OF_OURS));
  }

  private ChildJvm stranger() throws IOException {
    return ChildJvm.start("022", StrangerProcess.class, path().toString());
  }

  private static String connect(ChildJvm stranger) throws IOException {
    stranger.proceed();
    return stranger.line();
  }

  @Test
  void connect_allowedUid_isServed() throws Exception {
    try (Instance _ = Instance.start("a", Instance.settings(path())).published();
        ChildJvm stranger = stranger()) {
      assertThat(connect(stranger)).isEqualTo("1+");
    }
  }

  @Test
  void connect_uidThatIsNotAllowed_isClosedBeforeAByteIsSent() throws Exception {
    try (Instance instance = Instance.start("a", forNobodyOfOurs()).published();
        ChildJvm stranger = stranger()) {
      assertThat(connect(stranger)).isEqualTo("0");
      assertThat(instance.events().next("rejected").text())
          .isEqualTo(ProcessUid.own() + " 1 its uid is not in socket.allowedUids");
    }
  }

  @Test
  void connect_thisProcess_isServedWhateverItsUid() throws Exception {
    try (Instance _ = Instance.start("a", forNobodyOfOurs()).published()) {
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void connect_manyTimesRefused_isToldOnceASecondWithTheSum() throws Exception {
    // A millisecond for each reading: little enough for five refusals in the same second.
    AtomicLong now = new AtomicLong();
    Ticker ticker = () -> now.addAndGet(Duration.ofMillis(1).toNanos());
    try (Instance instance = Instance.start("a", forNobodyOfOurs(), ticker).published();
        ChildJvm stranger = stranger()) {
      for (int i = 0; i < 5; i++) {
        assertThat(connect(stranger)).isEqualTo("0");
      }
      assertThat(instance.events().next("rejected").text()).contains(" 1 ");
      assertThat(instance.events().poll()).isNull();

      now.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(connect(stranger)).isEqualTo("0");

      assertThat(instance.events().next("rejected").text()).contains(" 6 ");
    }
  }

  @Test
  void connect_oneOverTheCap_isClosedUntilAnotherEnds() throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path())).published()) {
      List<SocketChannel> connections = new ArrayList<>();
      try {
        for (int i = 0; i < PeerGate.MAX_CONNECTIONS; i++) {
          connections.add(RawConnection.open(path()));
          assertThat(RawConnection.isServed(connections.getLast())).isTrue();
        }

        try (SocketChannel oneOver = RawConnection.open(path())) {
          assertThat(RawConnection.isServed(oneOver)).isFalse();
        }
        assertThat(instance.events().next("rejected").text())
            .contains("there are 128 connections already");

        connections.removeFirst().close();
        connections.add(served());
      } finally {
        for (SocketChannel connection : connections) {
          connection.close();
        }
      }
    }
  }

  // The server learns of the end a moment later: until then it refuses.
  private SocketChannel served() throws IOException {
    while (true) {
      SocketChannel connection = RawConnection.open(path());
      if (RawConnection.isServed(connection)) {
        return connection;
      }
      connection.close();
    }
  }
}
