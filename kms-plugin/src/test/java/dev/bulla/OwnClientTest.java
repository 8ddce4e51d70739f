// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bulla.client.OwnAnswer;
import dev.bulla.client.OwnClient;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.DecryptResponse;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.proto.v2.StatusResponse;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class OwnClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int INVALID_ARGUMENT = 3;

  /** What the answers of so many have is several times the window that a connection begins with. */
  private static final int CALLS = 2_000;

  private static final int SETTINGS = 4;
  private static final int HEADERS = 1;
  private static final int DATA = 0;
  private static final int END_HEADERS = 4;

  /** The first of a client. */
  private static final int STREAM = 1;

  @TempDir private Path folder;

  private RunningPlugin plugin() throws Exception {
    Path key = folder.resolve("kek");
    Files.write(key, new byte[32]);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return RunningPlugin.start("local: { keyFile: " + key + " }", folder);
  }

  private OwnClient connected(RunningPlugin plugin) throws IOException {
    return OwnClient.connect(plugin.socket().toString(), TIMEOUT);
  }

  private static DecryptRequest sealed(OwnClient client, ByteString seed) throws IOException {
    OwnAnswer answer =
        client.call("Encrypt", EncryptRequest.newBuilder().setPlaintext(seed).build());
    EncryptResponse sealed = EncryptResponse.parseFrom(answer.message());
    return DecryptRequest.newBuilder()
        .setCiphertext(sealed.getCiphertext())
        .setKeyId(sealed.getKeyId())
        .addAllAnnotations(sealed.getAnnotationsList())
        .build();
  }

  @Test
  void calls_giveWhatThePluginAnswers() throws Exception {
    ByteString seed = ByteString.copyFrom(new byte[] {1, 2, 3});
    try (RunningPlugin plugin = plugin();
        OwnClient client = connected(plugin)) {
      OwnAnswer opened = client.call("Decrypt", sealed(client, seed));
      OwnAnswer status = client.call("Status", StatusRequest.getDefaultInstance());
      assertThat(opened.ok()).isTrue();
      assertThat(DecryptResponse.parseFrom(opened.message()).getPlaintext()).isEqualTo(seed);
      assertThat(StatusResponse.parseFrom(status.message()).getHealthz()).isEqualTo("ok");
    }
  }

  @Test
  void refusal_hasItsStatusAndText() throws Exception {
    try (RunningPlugin plugin = plugin();
        OwnClient client = connected(plugin)) {
      OwnAnswer refused = client.call("Encrypt", EncryptRequest.getDefaultInstance());
      assertThat(refused.ok()).isFalse();
      assertThat(refused.status()).isEqualTo(INVALID_ARGUMENT);
      assertThat(refused.detail()).startsWith("bulla: ");
      assertThat(refused.message().isEmpty()).isTrue();
    }
  }

  @Test
  void manyCalls_haveTheirShareOfTheWindowGivenBack() throws Exception {
    try (RunningPlugin plugin = plugin();
        OwnClient client = connected(plugin)) {
      DecryptRequest sealed = sealed(client, ByteString.copyFrom(new byte[512]));
      for (int i = 0; i < CALLS; i++) {
        assertThat(client.call("Decrypt", sealed).ok()).isTrue();
      }
    }
  }

  @Test
  void callsAtOnce_areAllAnswered() throws Exception {
    ByteString seed = ByteString.copyFrom(new byte[] {4, 5, 6});
    try (RunningPlugin plugin = plugin();
        OwnClient client = connected(plugin)) {
      List<OwnAnswer> answers = client.callAtOnce("Decrypt", sealed(client, seed), 100);
      assertThat(answers).hasSize(100).allMatch(OwnAnswer::ok);
      for (OwnAnswer answer : answers) {
        assertThat(DecryptResponse.parseFrom(answer.message()).getPlaintext()).isEqualTo(seed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 101})
  void callsAtOnce_haveBounds(int times) throws Exception {
    try (RunningPlugin plugin = plugin();
        OwnClient client = connected(plugin)) {
      assertThatThrownBy(
              () -> client.callAtOnce("Status", StatusRequest.getDefaultInstance(), times))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("times must be 1 to 100: " + times);
    }
  }

  @Test
  void silenceAfterCallsAtOnce_endsWithTheTimeout() throws Exception {
    Path socket = folder.resolve("silent");
    try (ServerSocketChannel _ = listening(socket);
        OwnClient client = OwnClient.connect(socket.toString(), Duration.ofMillis(200))) {
      assertThatThrownBy(() -> client.callAtOnce("Status", StatusRequest.getDefaultInstance(), 100))
          .isInstanceOf(IOException.class)
          .hasMessage("Status: no answer");
    }
  }

  @Test
  void nobodyThere_isAnError() {
    String socket = folder.resolve("none").toString();
    assertThatThrownBy(() -> OwnClient.connect(socket, TIMEOUT)).isInstanceOf(IOException.class);
  }

  @Test
  void silence_endsWithTheTimeout() throws Exception {
    Path socket = folder.resolve("silent");
    try (ServerSocketChannel _ = listening(socket);
        OwnClient client = OwnClient.connect(socket.toString(), Duration.ofMillis(200))) {
      assertThatThrownBy(() -> client.call("Status", StatusRequest.getDefaultInstance()))
          .isInstanceOf(IOException.class)
          .hasMessage("Status: no answer");
    }
  }

  @Test
  void call_tellsItsTimeLimit_asAnApiServerDoes() throws Exception {
    Path socket = folder.resolve("reads");
    try (ServerSocketChannel server = listening(socket)) {
      OwnClient client = OwnClient.connect(socket.toString(), Duration.ofMillis(200));
      try (SocketChannel peer = server.accept()) {
        assertThatThrownBy(() -> client.call("Status", StatusRequest.getDefaultInstance()))
            .isInstanceOf(IOException.class);
        client.close();
        ByteBuffer sent = ByteBuffer.allocate(4_096);
        while (peer.read(sent) >= 0) {}
        assertThat(new String(sent.array(), 0, sent.position(), StandardCharsets.ISO_8859_1))
            .contains("grpc-timeout")
            .contains("200m");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 100_000_000})
  void timeLimit_thatGrpcCannotWrite_isRefused(long millis) {
    String socket = folder.resolve("none").toString();
    assertThatThrownBy(() -> OwnClient.connect(socket, Duration.ofMillis(millis)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 ms to 27 hours");
  }

  @Test
  void endOfTheConnection_isSeenAtOnce() throws Exception {
    Path socket = folder.resolve("closes");
    try (ServerSocketChannel server = listening(socket);
        OwnClient client = OwnClient.connect(socket.toString(), Duration.ofMinutes(10))) {
      server.accept().close();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> client.call("Status", StatusRequest.getDefaultInstance()))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void answerWithoutAnEnd_isCut() throws Exception {
    Path socket = folder.resolve("long");
    try (ServerSocketChannel server = listening(socket);
        OwnClient client = OwnClient.connect(socket.toString(), Duration.ofMinutes(10));
        SocketChannel peer = server.accept()) {
      Thread.ofVirtual().start(() -> answerTooMuch(peer));
      assertThatThrownBy(() -> client.call("Status", StatusRequest.getDefaultInstance()))
          .rootCause()
          .hasMessage("an answer is too long");
    }
  }

  private static ServerSocketChannel listening(Path socket) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket));
  }

  private static void answerTooMuch(SocketChannel peer) {
    try {
      send(peer, SETTINGS, 0, 0);
      // Its request, whole: the stream must be open before it is answered.
      ByteBuffer request = ByteBuffer.allocate(200);
      while (request.position() < 100 && peer.read(request) > 0) {
        request.limit(200);
      }
      byte[] ok = {(byte) 0x88};
      send(peer, HEADERS, END_HEADERS, STREAM, ok);
      send(peer, DATA, 0, STREAM, new byte[16_384]);
      send(peer, DATA, 0, STREAM, new byte[1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void send(SocketChannel peer, int type, int flags, int stream, byte... payload)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).flip();
    while (frame.hasRemaining()) {
      var _ = peer.write(frame);
    }
  }
}
