// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.files.ProcessUid;
import dev.bulla.service.Peer;
import dev.bulla.time.Ticker;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins what {@link PeerNegotiator} needs of gRPC's Internal classes: the negotiation event reaches
 * our handler, and its attributes reach each call. If this fails after an update of gRPC, look
 * there.
 */
@Timeout(60)
final class PeerNegotiatorTest {
  @TempDir private Path folder;

  private static final class Attributes implements ServerInterceptor {
    final BlockingQueue<Optional<Peer>> peers = new LinkedBlockingQueue<>();

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      peers.add(Optional.ofNullable(call.getAttributes().get(Peer.ATTRIBUTE)));
      return next.startCall(call, headers);
    }
  }

  @Test
  void call_overTheSocket_carriesThePeerThatTheKernelNames() throws Exception {
    Path path = folder.resolve("kms.sock");
    Attributes attributes = new Attributes();
    try (UnixSocketServer server =
        Sockets.start(
            Instance.settings(path),
            List.of(ServerInterceptors.intercept(new StubService("a"), attributes)),
            new RecordedEvents(),
            new SecureRandom(),
            Ticker.system())) {
      assertThat(server.publish()).isTrue();
      assertThat(TestClient.nameAt(path)).isEqualTo("a");
    }

    Peer own = new Peer(ProcessUid.own(), (int) ProcessHandle.current().pid());
    assertThat(attributes.peers.take())
        .hasValueSatisfying(peer -> assertThat(peer.isSameProcess(own)).isTrue());
  }
}
