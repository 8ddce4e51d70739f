// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.envelope.ConfiguredKek;
import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.Envelope;
import dev.bulla.envelope.EnvelopeException;
import dev.bulla.envelope.EnvelopeRuntime;
import dev.bulla.envelope.EnvelopeSettings;
import dev.bulla.envelope.Envelopes;
import dev.bulla.envelope.KekRole;
import dev.bulla.envelope.WrappedDeks;
import dev.bulla.envelope.WriteState;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.KekType;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.service.KmsService;
import dev.bulla.service.ServiceEvents;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.socket.SocketSettings;
import dev.bulla.socket.Sockets;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.time.Ticker;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An API server's cold start, replayed over the socket: 10,000 seeds under 100 DEKs, 64 calls at a
 * time, with a KEK that takes 20 ms and 500 calls a second. Counts are exact; times are told, not
 * judged, for this may not be the machine's only work.
 */
final class StormTest {
  private static final String SCOPE = "storm";
  private static final String ANNOTATION = "dek.bulla.dev";
  private static final int DEKS = 100;
  private static final int SEEDS_PER_DEK = 100;
  private static final int CALLERS = 64;

  /** Generous: what is judged is counted. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Used up soon; the successor is made at four fifths. */
  private static final DekLimits SHORT = new DekLimits(DekLimits.LONGEST_AGE, 160);

  private final PacedKek kek = new PacedKek(new FakeKek(KekType.TRANSIT, "k", SCOPE));
  private final SecureRandom random = new SecureRandom();
  private final EventLog log = new EventLog();

  /** In the order of the DEKs. */
  private final List<Sealed> seeds = new ArrayList<>();

  private final List<byte[]> annotations = new ArrayList<>();
  @TempDir private Path folder;

  /** Nanoseconds of each call, in ascending order, and of all of them together. */
  private record Replay(List<Long> each, long all) {
    private double milliseconds(double part) {
      return each.get((int) (each.size() * part)) / 1e6;
    }

    @Override
    public String toString() {
      return "%d calls in %.0f ms, p50 %.2f, p99 %.2f, p99.9 %.2f ms"
          .formatted(
              each.size(), all / 1e6, milliseconds(.5), milliseconds(.99), milliseconds(.999));
    }
  }

  private EnvelopeRuntime runtime(DekLimits limits, WrappedDeks notes) {
    EnvelopeRuntime runtime =
        EnvelopeRuntime.start(
            new EnvelopeSettings(SCOPE, 1, new ConfiguredKek("k", KekRole.WRITE, kek), limits),
            new EnvelopeRuntime.Surroundings(
                random,
                InstantSource.system(),
                Ticker.system(),
                Ticker.sinceBoot(),
                notes,
                () -> {}),
            log);
    while (!(runtime.envelopes().state() instanceof WriteState.Ready)) {
      Thread.onSpinWait();
    }
    return runtime;
  }

  private void makeSeeds() {
    Map<Bytes, Integer> made = new HashMap<>();
    try (EnvelopeRuntime maker = runtime(SHORT, WrappedDeks.none())) {
      while (seeds.size() < DEKS * SEEDS_PER_DEK) {
        byte[] seed = new byte[32];
        random.nextBytes(seed);
        Envelope envelope = sealed(maker.envelopes(), seed);
        int before = made.getOrDefault(envelope.annotation(), 0);
        if (before < SEEDS_PER_DEK && (before > 0 || made.size() < DEKS)) {
          made.put(envelope.annotation(), before + 1);
          seeds.add(new Sealed(ByteString.copyFrom(seed), response(envelope)));
        }
      }
    }
    made.keySet().forEach(annotation -> annotations.add(annotation.toByteArray()));
    kek.forget();
  }

  // A DEK may be used up before its successor is there.
  private static Envelope sealed(Envelopes envelopes, byte[] seed) {
    while (true) {
      try {
        return envelopes.seal(seed);
      } catch (EnvelopeException _) {
        Thread.onSpinWait();
      }
    }
  }

  private static EncryptResponse response(Envelope envelope) {
    return EncryptResponse.newBuilder()
        .setCiphertext(ByteString.copyFrom(envelope.ciphertext().toByteArray()))
        .setKeyId(envelope.keyId().text())
        .addAnnotations(
            Sealed.annotation(ANNOTATION, ByteString.copyFrom(envelope.annotation().toByteArray())))
        .build();
  }

  /** How often the KEK was asked for one of the storm's DEKs: its checks of its own are others. */
  private int unwraps() {
    return kek.unwraps(annotations.stream().map(StormTest::blob).toList());
  }

  // One recipient: its blob ends the record.
  private static Bytes blob(byte[] annotation) {
    int size = 12 + 32 + 16;
    return Bytes.copyFrom(annotation, annotation.length - size, size);
  }

  private UnixSocketServer serve(EnvelopeRuntime runtime) throws Exception {
    SocketSettings settings =
        new SocketSettings(
            new SocketAddressSpec.File(folder.resolve("s")),
            PosixFilePermissions.fromString("rw-------"),
            Optional.empty(),
            Set.of(),
            SocketSettings.WhenBusy.FAIL);
    UnixSocketServer server =
        Sockets.start(
            settings,
            List.of(
                KmsService.definition(
                    runtime.envelopes(), () -> true, Ticker.system(), new ServiceEvents() {})),
            log,
            random,
            Ticker.system());
    server.publish();
    return server;
  }

  private Replay replay(KmsClient client) throws InterruptedException, ExecutionException {
    long from = System.nanoTime();
    List<Future<long[]>> running = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller;
        running.add(callers.submit(() -> openEvery(first, client)));
      }
    }
    long all = System.nanoTime() - from;
    List<Long> nanos = new ArrayList<>();
    for (Future<long[]> each : running) {
      Arrays.stream(each.get()).forEach(nanos::add);
    }
    return new Replay(nanos.stream().sorted().toList(), all);
  }

  // The API server reads by name, which is not the order of the DEKs.
  private long[] openEvery(int first, KmsClient client) {
    long[] nanos = new long[(seeds.size() - first + CALLERS - 1) / CALLERS];
    for (int i = 0; i < nanos.length; i++) {
      int at = first + i * CALLERS;
      long from = System.nanoTime();
      seeds.get(at % DEKS * SEEDS_PER_DEK + at / DEKS).openWith(client);
      nanos[i] = System.nanoTime() - from;
    }
    return nanos;
  }

  @Test
  void coldStart_asksTheKekOnceForEachDek() throws Exception {
    makeSeeds();
    try (EnvelopeRuntime runtime = runtime(DekLimits.DEFAULT, WrappedDeks.none());
        UnixSocketServer _ = serve(runtime);
        KmsClient client = KmsClient.connect(folder.resolve("s").toString(), TIMEOUT)) {
      Replay storm = replay(client);
      assertThat(unwraps()).isEqualTo(DEKS);
      Replay warm = replay(client);
      assertThat(unwraps()).isEqualTo(DEKS);
      System.out.println("storm, cold: " + storm + "\nstorm, warm: " + warm);
    }
  }

  @Test
  void coldStart_afterARestartWithNotes_asksTheKekForNothing() throws Exception {
    makeSeeds();
    try (EnvelopeRuntime runtime = runtime(DekLimits.DEFAULT, new Noted(annotations));
        UnixSocketServer _ = serve(runtime);
        KmsClient client = KmsClient.connect(folder.resolve("s").toString(), TIMEOUT)) {
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (unwraps() < DEKS && System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
      Replay storm = replay(client);
      System.out.println("storm, after a restart with notes: " + storm);
      assertThat(unwraps()).isEqualTo(DEKS);
    }
  }

  /** What a journal of the process before holds. */
  private record Noted(List<byte[]> noted) implements WrappedDeks {
    @Override
    public void note(byte[] annotation) {}

    @Override
    public void drop(byte[] annotation) {}
  }
}
