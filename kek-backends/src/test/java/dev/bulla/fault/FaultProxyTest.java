// SPDX-License-Identifier: Apache-2.0
package dev.bulla.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each fault does what it says, in front of a server that sends back what it gets. */
@Timeout(30)
final class FaultProxyTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final FaultProxy proxy = FaultProxy.start("127.0.0.1", echo.getLocalPort());

  FaultProxyTest() throws IOException {
    threads.execute(this::accept);
  }

  private void accept() {
    while (!echo.isClosed()) {
      try {
        Socket socket = echo.accept();
        threads.execute(() -> sendBack(socket));
      } catch (IOException _) {
        // Closed at the end of the test.
      }
    }
  }

  private static void sendBack(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException _) {
      // What the faults do to it.
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
    threads.shutdownNow();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** Sends bytes and returns as many as come back before the connection ends, at most that many. */
  private static byte[] exchange(Socket socket, byte[] bytes) throws IOException {
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(
            () -> {
              try {
                socket.getOutputStream().write(bytes);
              } catch (IOException _) {
                // The reader sees it too.
              }
            });
    byte[] back = socket.getInputStream().readNBytes(bytes.length);
    sent.join();
    return back;
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static long millis(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1_000_000;
  }

  @Test
  void none_passesEveryByteBothWays() throws IOException {
    byte[] megabyte = random(1 << 20);
    try (Socket socket = connect()) {
      assertThat(exchange(socket, megabyte)).isEqualTo(megabyte);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(proxy.connections()).isEqualTo(1);
    assertThat(proxy.bytesUp()).isEqualTo(1 << 20);
    assertThat(proxy.bytesDown()).isEqualTo(1 << 20);
  }

  @Test
  void latency_delaysEachWay_andDoesNotThrottle() throws IOException {
    proxy.set(new NetworkFault.Latency(Duration.ofMillis(100)));
    byte[] megabyte = random(1 << 20);
    try (Socket socket = connect()) {
      long start = System.nanoTime();
      assertThat(exchange(socket, megabyte)).isEqualTo(megabyte);
      // One delay for each of its chunks would be 12 s.
      assertThat(millis(start)).isBetween(200L, 3_000L);
    }
  }

  @Test
  void down_refuses_andEndsWhatIsOpen_untilItIsUpOnTheSamePort() throws IOException {
    try (Socket open = connect()) {
      assertThat(exchange(open, random(1))).hasSize(1);
      proxy.set(new NetworkFault.Down());
      // Read only: a write would be told of the reset instead, and then a read of an end.
      assertThatThrownBy(() -> open.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
    proxy.set(new NetworkFault.None());
    try (Socket again = connect()) {
      assertThat(exchange(again, random(10))).isEqualTo(random(10));
    }
  }

  @Test
  void reset_resetsNewAndOpenConnections() throws IOException {
    try (Socket open = connect()) {
      assertThat(exchange(open, random(1))).hasSize(1);
      proxy.set(new NetworkFault.Reset());
      assertThatThrownBy(() -> open.getInputStream().read()).hasMessageContaining("reset");
    }
    try (Socket fresh = connect()) {
      assertThatThrownBy(() -> fresh.getInputStream().read()).hasMessageContaining("reset");
    }
    assertThat(proxy.connections()).isEqualTo(2);
  }

  @Test
  void blackHole_takesAndNeverAnswers_andResetsWhatLostBytesAfterwards() throws IOException {
    try (Socket open = connect()) {
      assertThat(exchange(open, random(1))).hasSize(1);
      proxy.set(new NetworkFault.BlackHole());
      for (Socket socket : List.of(open, connect())) {
        socket.setSoTimeout(200);
        assertThatThrownBy(() -> exchange(socket, random(10)))
            .isInstanceOf(SocketTimeoutException.class);
      }
      assertThat(proxy.bytesUp()).isEqualTo(1);
      proxy.set(new NetworkFault.None());
      assertThatThrownBy(() -> open.getInputStream().read()).hasMessageContaining("reset");
    }
  }

  @Test
  void halfAnswer_cutsTheAnswer() throws IOException {
    try (Socket open = connect()) {
      assertThat(exchange(open, random(100))).hasSize(100);
      proxy.set(new NetworkFault.HalfAnswer(7));
      assertThat(exchange(open, random(20))).hasSize(7).isEqualTo(Arrays.copyOf(random(20), 7));
    }
  }

  @Test
  void slowClose_givesItsBytesOneByOneAndCloses() throws IOException {
    proxy.set(new NetworkFault.SlowClose(5, Duration.ofMillis(40)));
    try (Socket socket = connect()) {
      long start = System.nanoTime();
      assertThat(exchange(socket, random(20))).hasSize(5);
      assertThat(millis(start)).isBetween(200L, 3_000L);
    }
  }

  @Test
  void errorRate_resetsThatShareOfConnections_theSameWithTheSameSeed() throws IOException {
    List<Boolean> first = outcomes(0.5, 40);
    assertThat(first.stream().filter(well -> well).count()).isBetween(10L, 30L);
    assertThat(outcomes(0.5, 40)).isEqualTo(first);
    assertThat(outcomes(0, 5)).doesNotContain(false);
    assertThat(outcomes(1, 5)).doesNotContain(true);
  }

  private List<Boolean> outcomes(double probability, int connections) throws IOException {
    proxy.set(new NetworkFault.ErrorRate(probability, 42));
    List<Boolean> well = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      try (Socket socket = connect()) {
        well.add(exchange(socket, random(1)).length == 1);
      } catch (SocketException _) {
        well.add(false);
      }
    }
    return well;
  }

  @Test
  void close_endsConnectionsAndThePort() throws IOException {
    try (Socket open = connect()) {
      assertThat(exchange(open, random(1))).hasSize(1);
      proxy.close();
      assertThatThrownBy(() -> open.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> proxy.set(new NetworkFault.None())).isInstanceOf(IOException.class);
  }
}
