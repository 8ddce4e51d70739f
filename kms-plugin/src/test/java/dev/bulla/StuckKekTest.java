// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.client.KmsClient;
import dev.bulla.envelope.ConfiguredKek;
import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.EnvelopeRuntime;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.WriteState;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.KekType;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.service.KmsService;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.socket.SocketSettings;
import dev.bulla.socket.Sockets;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.time.Ticker;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A KEK that hangs, over the real socket: it holds up nobody but those who need it. */
final class StuckKekTest {
  private static final String SCOPE = "stuck";

  @TempDir private Path folder;
  private final FakeKek kek = new FakeKek(KekType.TRANSIT, "k", SCOPE);
  private final EventLog log = new EventLog();
  private EnvelopeRuntime writer;
  private EnvelopeRuntime cold;
  private UnixSocketServer server;
  private UnixSocketServer coldServer;

  private EnvelopeRuntime runtime() {
    EnvelopeRuntime runtime =
        EnvelopeRuntime.start(
            new EnvelopeSettings(
                SCOPE, 1, new ConfiguredKek("k", KekRole.WRITE, kek), DekLimits.DEFAULT),
            EnvelopeRuntime.Surroundings.plain(new SecureRandom()),
            log);
    while (!(runtime.envelopes().state() instanceof WriteState.Ready)) {
      Thread.onSpinWait();
    }
    return runtime;
  }

  private UnixSocketServer serve(EnvelopeRuntime runtime, String name) throws Exception {
    SocketSettings settings =
        new SocketSettings(
            new SocketAddressSpec.File(folder.resolve(name)),
            PosixFilePermissions.fromString("rw-------"),
            Optional.empty(),
            Set.of(),
            SocketSettings.WhenBusy.FAIL);
    UnixSocketServer started =
        Sockets.start(
            settings,
            List.of(KmsService.definition(runtime.envelopes(), () -> true, Ticker.system(), log)),
            log,
            new SecureRandom(),
            Ticker.system());
    started.publish();
    return started;
  }

  @BeforeEach
  void start() throws Exception {
    writer = runtime();
    cold = runtime();
    server = serve(writer, "w");
    coldServer = serve(cold, "c");
  }

  @AfterEach
  void stop() {
    server.close();
    coldServer.close();
    writer.close();
    cold.close();
  }

  private KmsClient connect(String name, Duration timeout) {
    return KmsClient.connect(folder.resolve(name).toString(), timeout);
  }

  @Test
  void coldDecrypt_thatHangs_delaysNoStatusAndNoWarmCall() throws Exception {
    try (KmsClient sealing = connect("w", Duration.ofSeconds(5));
        KmsClient client = connect("c", Duration.ofSeconds(5))) {
      EncryptResponse foreign = sealing.encrypt(new byte[] {1, 2, 3});
      EncryptResponse warm = client.encrypt(new byte[] {4});
      CountDownLatch hold = kek.holdUnwraps();
      CompletableFuture<Integer> hanging =
          CompletableFuture.supplyAsync(() -> client.decrypt(foreign).getPlaintext().size());
      while (kek.unwraps() < 3) {
        Thread.onSpinWait();
      }
      // If one of these waited for the KEK, the hanging call would be over before it.
      for (int i = 0; i < 10; i++) {
        assertThat(client.status().getHealthz()).isEqualTo("ok");
        assertThat(client.decrypt(warm).getPlaintext().size()).isEqualTo(1);
      }
      assertThat(hanging).isNotDone();
      hold.countDown();
      assertThat(hanging.get()).isEqualTo(3);
    }
  }

  @Test
  void coldDecrypt_withAShortDeadline_isAnsweredBeforeItAndKeptForTheNext() throws Exception {
    try (KmsClient sealing = connect("w", Duration.ofSeconds(5));
        KmsClient hurried = connect("c", Duration.ofMillis(400));
        KmsClient patient = connect("c", Duration.ofSeconds(5))) {
      EncryptResponse foreign = sealing.encrypt(new byte[] {1, 2, 3});
      CountDownLatch hold = kek.holdUnwraps();
      int before = kek.unwraps();
      assertThatThrownBy(() -> hurried.decrypt(foreign))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("UNAVAILABLE: bulla: the KEK service did not answer in time");
      hold.countDown();
      assertThat(patient.decrypt(foreign).getPlaintext().size()).isEqualTo(3);
      assertThat(kek.unwraps()).isEqualTo(before + 1);
    }
  }
}
