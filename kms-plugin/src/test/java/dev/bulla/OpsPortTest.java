// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.bulla.kek.local.LocalKek;
import dev.bulla.proto.v2.EncryptResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ops port of a running plugin; and that no trouble with it reaches the socket. */
final class OpsPortTest {
  private static final int FLOOD = 1_000;

  /** The JVM of the tests is not protected. */
  private static final String READY = "ok\nwarnings: protection-missing\n";

  @TempDir private Path folder;
  private String kek = "";
  private HttpGet ops = new HttpGet(0);

  @BeforeEach
  void prepare() throws Exception {
    Path key = folder.resolve("kek");
    LocalKek.createKeyFile(key, new SecureRandom());
    kek = "local: { keyFile: %s }".formatted(key);
    ops = HttpGet.anyPort();
  }

  private RunningPlugin start() throws Exception {
    return RunningPlugin.start(kek, ops.line(), folder);
  }

  @Test
  void metrics_tellWhatWasCalled_andNothingThatACallerWrote() throws Exception {
    try (RunningPlugin plugin = start()) {
      EncryptResponse sealed = plugin.client().encrypt(new byte[32]);
      for (int i = 0; i < 5; i++) {
        var _ = plugin.client().decrypt(sealed);
      }
      refuse(plugin, sealed.toBuilder().setKeyId("b1.EVILEVILEVILEVILEVILEVILEVILEVIL").build());
      String page = ops.await("/metrics", 200).body();
      assertThat(page)
          .contains("bulla_rpc_duration_seconds_count{code=\"OK\",method=\"Decrypt\"} 5\n")
          .contains("duration_seconds_count{code=\"INVALID_ARGUMENT\",method=\"Decrypt\"} 1\n")
          .contains("bulla_kek_state{kek=\"primary\",role=\"write\",state=\"HEALTHY\"} 1.0\n")
          .contains("key_id_hash=\"" + hash(sealed.getKeyId()) + "\"")
          .contains("bulla_ready 1.0\n")
          .doesNotContain("EVIL")
          .doesNotContain(sealed.getKeyId());
    }
  }

  private static void refuse(RunningPlugin plugin, EncryptResponse altered) {
    try {
      throw new AssertionError("it opened: " + plugin.client().decrypt(altered).hashCode());
    } catch (StatusRuntimeException expected) {
      assertThat(expected.getStatus().getDescription()).contains("not encrypted here");
    }
  }

  // As kube-apiserver does: GetHashIfNotEmpty of k8s.io/apiserver's kmsv2 metrics.
  private static String hash(String keyId) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(keyId.getBytes(StandardCharsets.UTF_8));
    return "sha256:" + HexFormat.of().formatHex(hash);
  }

  @Test
  void codeIsKeptWarming_afterStatusSaidOk_andNoCallIsCounted() throws Exception {
    try (RunningPlugin plugin = start()) {
      assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
      Pattern hits = Pattern.compile("(?s).*bulla_cache_hits_total [1-9]\\d{2,}\\.0\\s.*");
      String page = ops.await("/metrics", answer -> hits.matcher(answer.body()).matches()).body();
      assertThat(page)
          .contains("bulla_rpc_duration_seconds_count{code=\"OK\",method=\"Decrypt\"} 0\n");
    }
  }

  @Test
  void probes_answer() throws Exception {
    try (RunningPlugin plugin = start()) {
      assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
      assertThat(ops.await("/livez", 200).body()).isEqualTo("ok\n");
      assertThat(ops.get("/readyz")).isEqualTo(new HttpGet.Answer(200, READY));
      String json = ops.get("/readyz?format=json").body();
      assertThat(json)
          .startsWith(
              "{\"ready\":true,\"reasons\":[],\"warnings\":[\"protection-missing\"],\"keks\":[{");
      assertThat(ops.get("/readyz", "Accept", "application/json").body()).startsWith("{");
      assertThat(ops.get("/elsewhere").code()).isEqualTo(404);
    }
  }

  @Test
  void standby_saysSo_andIsReadyWhenItTookOver() throws Exception {
    Path socket = folder.resolve("both.sock");
    HttpGet second = HttpGet.anyPort();
    try (Bulla owner = start(ops, socket);
        Bulla standby = start(second, socket)) {
      owner.publish();
      assertThat(ops.awaitBody("/readyz", READY).code()).isEqualTo(200);
      Future<Boolean> published = publish(standby);
      assertThat(
              second
                  .awaitBody("/readyz", "not ready: standing-by\nwarnings: protection-missing\n")
                  .code())
          .isEqualTo(503);
      assertThat(published.isDone()).isFalse();
      end(owner);
      assertThat(second.awaitBody("/readyz", READY).code()).isEqualTo(200);
      assertThat(published.get()).isTrue();
    }
  }

  private Bulla start(HttpGet port, Path socket) throws Exception {
    return Bulla.start(
        RunningPlugin.configuration(kek, port.line(), socket), new EventLog(), NoHardening.apply());
  }

  private static Future<Boolean> publish(Bulla bulla) {
    FutureTask<Boolean> publishing =
        new FutureTask<>(
            () -> {
              bulla.publish();
              return true;
            });
    Thread.ofPlatform().daemon().start(publishing);
    return publishing;
  }

  private static void end(Bulla bulla) {
    bulla.close();
  }

  @Test
  void portThatIsTaken_touchesNoCall_andIsUsedWhenItIsFree() throws Exception {
    try (ServerSocket other = new ServerSocket(ops.port(), 1, InetAddress.getLoopbackAddress());
        RunningPlugin plugin = start()) {
      assertThat(other.isBound()).isTrue();
      ByteString seed = ByteString.copyFrom(new byte[32]);
      EncryptResponse sealed = plugin.client().encrypt(seed.toByteArray());
      assertThat(plugin.client().decrypt(sealed).getPlaintext()).isEqualTo(seed);
      letGo(other);
      assertThat(ops.await("/livez", 200).body()).isEqualTo("ok\n");
    }
  }

  private static void letGo(ServerSocket port) throws IOException {
    port.close();
  }

  @Test
  void halfOpenConnections_shutNobodyOut() throws Exception {
    List<Socket> held = new ArrayList<>();
    try (RunningPlugin plugin = start()) {
      assertThat(ops.await("/livez", 200).code()).isEqualTo(200);
      try (Calls calls = Calls.warm(plugin)) {
        for (int i = 0; i < FLOOD; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), ops.port());
          held.add(socket);
          if (i % 2 == 0) {
            socket.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
          }
        }
        assertThat(ops.get("/livez").code()).isEqualTo(200);
        assertThat(ops.get("/metrics").code()).isEqualTo(200);
        calls.stop();
        assertThat(calls.failures()).isEmpty();
        assertThat(calls.made()).isPositive();
      }
      // Those that were pushed out, and in the end all of them, are closed by the port.
      for (Socket socket : held) {
        socket.setSoTimeout(30_000);
        assertThat(endOf(socket)).isTrue();
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void giantAndBrokenRequests_areRefusedAndClosed() throws Exception {
    try (RunningPlugin plugin = start()) {
      assertThat(ops.await("/livez", 200).code()).isEqualTo(200);
      String giant = "x".repeat(1 << 20);
      for (String request :
          List.of(
              "GET /livez HTTP/1.1\r\nA: " + giant + "\r\n\r\n",
              "GET /" + giant + " HTTP/1.1\r\n\r\n",
              giant,
              "GET /readyz?%zz HTTP/1.1\r\n\r\n",
              "\u0000\u0001\u0002\r\n\r\n",
              "POST /metrics HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + giant)) {
        assertThat(answerTo(request)).doesNotContain(" 200 ");
      }
      assertThat(ops.get("/livez").code()).isEqualTo(200);
      assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
    }
  }

  // What is left of a request when its connection is closed turns the end into a reset.
  private String answerTo(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ops.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      return "";
    }
  }
}
