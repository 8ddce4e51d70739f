// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import com.google.crypto.tink.util.Bytes;
import com.google.protobuf.ByteString;
import dev.bulla.client.KmsClient;
import dev.bulla.history.History;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** One caller of a real server: one call after the other, each taken down and checked. */
final class WireHistory {
  private static final String ANNOTATION = "dek.bulla.dev";
  private static final String CONNECTION = "caller";

  private final History history = new History();
  private final KmsClient client;
  private final RunningPlugin plugin;
  private final Random random;
  private final List<Sealed> foreign;
  private final Deque<Sealed> cold;
  private final List<String> warmFailures = new ArrayList<>();
  private int coldFailures;
  private long slowestNanos;

  /** {@code cold} was sealed by another server: each is cold for this one. */
  WireHistory(RunningPlugin plugin, List<Sealed> cold, Random random) {
    this.plugin = plugin;
    this.client = plugin.client();
    this.random = random;
    this.foreign = cold;
    this.cold = new ArrayDeque<>(cold);
  }

  /** Calls for so long. */
  void play(Duration time) {
    Deadline end = Deadline.after(time, Ticker.system());
    while (!end.expired()) {
      switch (random.nextInt(8)) {
        case 0, 1 -> warm("status", this::status);
        case 2, 3 -> warm("encrypt", this::encrypt);
        case 4, 5 -> warm("decrypt", this::decrypt);
        case 6 -> decryptAltered();
        default -> openCold(1);
      }
    }
  }

  private void warm(String what, Runnable call) {
    long from = System.nanoTime();
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      warmFailures.add(what + " " + e.getStatus());
      history.refused(CONNECTION, what, e.getStatus().getCode().name());
    }
    slowestNanos = Math.max(slowestNanos, System.nanoTime() - from);
  }

  private void status() {
    long from = System.nanoTime();
    history.told(CONNECTION, CONNECTION, client.status().getKeyId(), from);
  }

  private void encrypt() {
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    EncryptResponse made = client.encrypt(seed);
    var _ =
        history.sealed(
            CONNECTION,
            seed,
            made.getCiphertext().toByteArray(),
            made.getKeyId(),
            Bytes.copyFrom(Sealed.annotation(made).toByteArray()),
            System.nanoTime());
  }

  private static EncryptResponse request(History.Sealed sealed, byte[] ciphertext) {
    return EncryptResponse.newBuilder()
        .setCiphertext(ByteString.copyFrom(ciphertext))
        .setKeyId(sealed.keyId())
        .addAnnotations(
            Sealed.annotation(ANNOTATION, ByteString.copyFrom(sealed.dek().toByteArray())))
        .build();
  }

  private void open(History.Sealed sealed) {
    EncryptResponse request = request(sealed, sealed.ciphertext().toByteArray());
    history.opened(CONNECTION, sealed, client.decrypt(request).getPlaintext().toByteArray());
  }

  private void decrypt() {
    if (history.size() > 0) {
      open(history.envelope(random.nextInt(history.size())));
    }
  }

  private void decryptAltered() {
    if (history.size() == 0) {
      return;
    }
    History.Sealed sealed = history.envelope(random.nextInt(history.size()));
    byte[] altered = sealed.ciphertext().toByteArray();
    if (random.nextBoolean()) {
      altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
    } else {
      altered = Arrays.copyOf(altered, random.nextInt(altered.length));
    }
    try {
      var _ = client.decrypt(request(sealed, altered));
      history.openedAltered(CONNECTION, "it was altered");
    } catch (StatusRuntimeException e) {
      history.refused(CONNECTION, "decrypt altered", e.getStatus().getCode().name());
    }
  }

  /** Opens so many whose DEK was never seen; one that fails is left for later. */
  void openCold(int count) {
    for (int i = 0; i < count && !cold.isEmpty(); i++) {
      long from = System.nanoTime();
      Sealed next = cold.remove();
      try {
        next.openWith(client);
      } catch (StatusRuntimeException e) {
        coldFailures++;
        history.refused(CONNECTION, "decrypt cold", e.getStatus().getCode().name());
        cold.add(next);
      }
      slowestNanos = Math.max(slowestNanos, System.nanoTime() - from);
    }
  }

  /** Returns the 99th percentile of the time that a cold call takes. */
  Duration coldFailure(int calls) {
    long[] nanos = new long[calls];
    for (int i = 0; i < calls; i++) {
      long from = System.nanoTime();
      openCold(1);
      nanos[i] = System.nanoTime() - from;
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[calls * 99 / 100]);
  }

  /** Returns the median time of so many warm Decrypts. */
  long warmNanos(int calls) {
    encrypt();
    History.Sealed sealed = history.envelope(history.size() - 1);
    long[] nanos = new long[calls];
    for (int i = 0; i < calls; i++) {
      long from = System.nanoTime();
      open(sealed);
      nanos[i] = System.nanoTime() - from;
    }
    Arrays.sort(nanos);
    return nanos[calls / 2];
  }

  /** Opens all that was ever given, as soon as that is possible. */
  void openEverything() {
    history.envelopes().forEach(this::open);
    for (Sealed sealed : foreign) {
      Sealed opened =
          plugin.whenReady(
              ready -> {
                sealed.openWith(ready);
                return sealed;
              });
      history.note("opened " + opened.envelope().getKeyId());
    }
  }

  List<String> warmFailures() {
    return List.copyOf(warmFailures);
  }

  Duration slowest() {
    return Duration.ofNanos(slowestNanos);
  }

  @Override
  public String toString() {
    return "%d calls, %d envelopes, %d of %d cold ones left, %d cold failures, slowest %d ms"
        .formatted(
            history.operations(),
            history.size(),
            cold.size(),
            foreign.size(),
            coldFailures,
            slowest().toMillis());
  }
}
