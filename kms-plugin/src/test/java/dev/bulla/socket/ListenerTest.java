// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import dev.bulla.time.Ticker;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of a connection, and how it ends. */
@Timeout(60)
final class ListenerTest {
  private static final int PINGS = 50;
  private static final Metadata.Key<String> FILLER =
      Metadata.Key.of("filler", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("kms.sock");
  }

  private Instance instance() throws Exception {
    return Instance.start("a", Instance.settings(path())).published();
  }

  private static Status.Code refusal(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static EncryptRequest request(int bytes) {
    return EncryptRequest.newBuilder().setPlaintext(ByteString.copyFrom(new byte[bytes])).build();
  }

  private static Metadata filler(int bytes) {
    Metadata metadata = new Metadata();
    metadata.put(FILLER, "x".repeat(bytes));
    return metadata;
  }

  @Test
  void message_over64KiB_isRefusedAndTheConnectionLivesOn() throws Exception {
    try (Instance _ = instance();
        TestClient client = new TestClient(path())) {
      AtomicBoolean reconnected = watch(client);

      assertThat(refusal(() -> client.stub().encrypt(request(Listener.MAX_MESSAGE_BYTES - 8))))
          .isEqualTo(Status.Code.OK);
      assertThat(refusal(() -> client.stub().encrypt(request(Listener.MAX_MESSAGE_BYTES))))
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(client.name()).isEqualTo("a");
      assertThat(reconnected).isFalse();
    }
  }

  @Test
  void headers_over8KiB_areRefusedAndTheConnectionLivesOn() throws Exception {
    try (Instance _ = instance();
        TestClient client = new TestClient(path())) {
      AtomicBoolean reconnected = watch(client);

      assertThat(refusal(() -> status(client, 7_000))).isEqualTo(Status.Code.OK);
      assertThat(refusal(() -> status(client, 9_000))).isNotEqualTo(Status.Code.OK);
      assertThat(client.name()).isEqualTo("a");
      assertThat(reconnected).isFalse();
    }
  }

  private static void status(TestClient client, int headerBytes) {
    var _ =
        client
            .stub()
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(filler(headerBytes)))
            .status(StatusRequest.getDefaultInstance());
  }

  /** Connects; the result turns true as soon as that connection ends. */
  private static AtomicBoolean watch(TestClient client) {
    var _ = client.name();
    AtomicBoolean ended = new AtomicBoolean();
    client.channel().notifyWhenStateChanged(ConnectivityState.READY, () -> ended.set(true));
    return ended;
  }

  @Test
  void connections_64AtOnce_areAllServed() throws Exception {
    try (Instance _ = instance()) {
      List<TestClient> clients = new ArrayList<>();
      List<ListenableFuture<StatusResponse>> answers = new ArrayList<>();
      try {
        for (int i = 0; i < 64; i++) {
          TestClient client = new TestClient(path());
          clients.add(client);
          answers.add(client.future().status(StatusRequest.getDefaultInstance()));
        }
        for (ListenableFuture<StatusResponse> answer : answers) {
          assertThat(answer.get().getKeyId()).isEqualTo("a");
        }
        assertThat(clients)
            .allMatch(client -> client.channel().getState(false) == ConnectivityState.READY);
      } finally {
        clients.forEach(TestClient::close);
      }
    }
  }

  @Test
  void calls_over256OnOneConnection_waitForTheirTurn() throws Exception {
    try (Instance instance = instance();
        TestClient client = new TestClient(path())) {
      var _ = client.name();
      List<ListenableFuture<DecryptResponse>> answers = new ArrayList<>();
      for (int i = 0; i < 257; i++) {
        answers.add(client.future().decrypt(DecryptRequest.getDefaultInstance()));
      }
      List<StreamObserver<DecryptResponse>> held = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        held.add(instance.service().nextDecrypt());
      }
      assertThat(instance.service().heldDecrypts()).isZero();

      answer(held.getFirst());

      answer(instance.service().nextDecrypt());
      held.subList(1, held.size()).forEach(ListenerTest::answer);
      for (ListenableFuture<DecryptResponse> answer : answers) {
        assertThat(answer.get()).isEqualTo(DecryptResponse.getDefaultInstance());
      }
    }
  }

  private static void answer(StreamObserver<DecryptResponse> caller) {
    caller.onNext(DecryptResponse.getDefaultInstance());
    caller.onCompleted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "/var/run/kms.sock", "%2Fvar%2Frun%2Fkms.sock", "@bulla", "", "-"})
  void authority_whateverAnApiServerSends_isServed(String authority) throws Exception {
    try (Instance _ = instance();
        Http2Client client = new Http2Client(path())) {
      Optional<String> sent = Optional.of(authority).filter(text -> !text.equals("-"));

      assertThat(client.status(sent)).isEqualTo("0");
    }
  }

  @Test
  void callWithPing_bothAreAnsweredAtOnce() throws Exception {
    try (Instance _ = instance();
        Http2Client client = new Http2Client(path())) {
      assertThat(client.status(Optional.of("localhost"))).isEqualTo("0");
      int before = client.reads();
      for (int i = 0; i < PINGS; i++) {
        assertThat(client.statusAndPing()).isEqualTo("0 pong");
      }
      // Now and then gRPC itself sends something more.
      assertThat(client.reads() - before).isBetween(PINGS, PINGS + PINGS / 5);
    }
  }

  @Test
  void connection_idleWithPings_isNotToldToGoAway() throws Exception {
    try (Instance _ = instance();
        Http2Client client = new Http2Client(path())) {
      for (int i = 0; i < 4; i++) {
        assertThat(client.ping()).isEqualTo("pong");
        assertThat(new CountDownLatch(1).await(1_050, TimeUnit.MILLISECONDS)).isFalse();
      }
      assertThat(client.status(Optional.of("localhost"))).isEqualTo("0");
    }
  }

  @Test
  void close_callUnderWay_isFinished() throws Exception {
    Instance instance = instance();
    try (instance;
        TestClient client = new TestClient(path())) {
      ListenableFuture<DecryptResponse> answer =
          client.future().decrypt(DecryptRequest.getDefaultInstance());
      StreamObserver<DecryptResponse> caller = instance.service().nextDecrypt();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(instance::end);
      // The path goes first: when it is gone, the server has been told to end.
      while (FileMark.of(path()).isPresent()) {
        Thread.onSpinWait();
      }

      answer(caller);

      assertThat(answer.get()).isEqualTo(DecryptResponse.getDefaultInstance());
      closing.get();
    }
  }

  @Test
  void close_callThatDoesNotEnd_isCutAfterTwoSeconds() throws Exception {
    Instance instance = instance();
    try (instance;
        TestClient client = new TestClient(path())) {
      ListenableFuture<DecryptResponse> answer =
          client.future().decrypt(DecryptRequest.getDefaultInstance());
      var _ = instance.service().nextDecrypt();

      long begin = Ticker.system().nanos();
      instance.end();
      Duration took = Duration.ofNanos(Ticker.system().nanos() - begin);

      assertThat(took).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
      assertThat(answer)
          .failsWithin(Duration.ofSeconds(1))
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("CANCELLED");
    }
  }

  @Test
  void start_thatCannotBind_leavesNoThread() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    assertThatIOException()
        .isThrownBy(
            () ->
                Listener.start(
                    new DomainSocketAddress(folder.resolve("missing/s").toFile()),
                    List.of(),
                    Set.of(),
                    new RecordedEvents(),
                    Ticker.system()));

    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.getName().startsWith("bulla-loop"))
        .forEach(ListenerTest::joins);
  }

  private static void joins(Thread thread) {
    try {
      assertThat(thread.join(Duration.ofSeconds(5))).as("%s ends", thread).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
