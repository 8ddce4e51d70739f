// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.google.protobuf.ByteString;
import dev.bulla.client.OwnAnswer;
import dev.bulla.client.OwnClient;
import dev.bulla.envelope.Envelopes;
import dev.bulla.envelope.WriteState;
import dev.bulla.events.PluginEvents;
import dev.bulla.ops.Counts;
import dev.bulla.process.Outcome;
import dev.bulla.proto.v2.DecryptRequest;
import dev.bulla.proto.v2.EncryptRequest;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.proto.v2.StatusRequest;
import dev.bulla.socket.UnixSocketServer;
import dev.bulla.time.Bell;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Calls the plugin through its own socket until the code is warm, so that an API server's first
 * call is not the one that loads the classes. Status says {@code ok} only afterwards. Decrypts go
 * on for some twelve seconds more, few at a time, until the JVM's second compiler has seen enough:
 * a small cluster would not call often enough for it in days. Then, and now and again, what was
 * only needed to start is taken out of memory.
 */
final class Warmup implements AutoCloseable {
  /** Rounds that are made even on a slow machine: they load what all others need. */
  private static final int FEWEST = 20;

  /** Longest time spent on those. */
  private static final Duration FEWEST_TIME = Duration.ofMillis(400);

  /** So long after the first round, only those are still made (docs/decisions.md, 79). */
  private static final Duration TIME = Duration.ofMillis(150);

  /**
   * With a second compiler that begins as early as by default, the next call was slower after 240
   * than after 120 (docs/decisions.md, 79).
   */
  private static final int ROUNDS = 200;

  /**
   * Of them, so many may be calls that need no DEK, made while its KEK is waited for: most of a
   * call's code is common to all.
   */
  private static final int SOONER = 12;

  private static final int ATTEMPTS = 5;

  /** Decrypts that go on one by one (docs/decisions.md, 65, 78 and 79). */
  private static final int LATER = 2_000;

  /** Then so many times {@link #AT_ONCE}: what a server does with many calls is other code. */
  private static final int TOGETHER = 2_500;

  /** With so many, the calls of others were no slower (docs/decisions.md, 78). */
  private static final int AT_ONCE = 8;

  private static final long BETWEEN_NANOS = Duration.ofMillis(2).toNanos();
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /**
   * Nothing is done for so long once Status says {@code ok}: who has waited for it calls now, and
   * would wait for a core, or for a compiler that has more to do (docs/decisions.md, 69).
   */
  private static final Duration OTHERS_FIRST = Duration.ofMillis(500);

  /** Between two times of giving memory back: pages that are still used cost a fault each. */
  private static final Duration REST = Duration.ofMinutes(1);

  /**
   * Of all but Decrypt, whose first call is the one that a cluster waits for; few, as each Encrypt
   * is one of the DEK's seals.
   */
  private static final int OTHERS = 5;

  private static final int SEED_BYTES = 32;
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Envelopes envelopes;
  private final Bell milestones;
  private final Ticker ticker;
  private final EventLog log;
  private final PluginEvents events;
  private final Supplier<Outcome> giveBack;
  private final CountDownLatch done = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param milestones rings when the socket can be reached, and when there is a DEK
   * @param giveBack gives back memory, see {@link dev.bulla.process.ColdPages}
   */
  Warmup(
      Envelopes envelopes,
      Bell milestones,
      Ticker ticker,
      EventLog log,
      PluginEvents events,
      Supplier<Outcome> giveBack) {
    this.envelopes = envelopes;
    this.milestones = milestones;
    this.ticker = ticker;
    this.log = log;
    this.events = events;
    this.giveBack = giveBack;
  }

  boolean isDone() {
    return done.getCount() == 0;
  }

  void await() throws InterruptedException {
    done.await();
  }

  void start(UnixSocketServer server) {
    Thread.ofPlatform().daemon().name("bulla-warmup").start(() -> run(server));
  }

  private void run(UnixSocketServer server) {
    try {
      warmUp(server);
      rest();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void warmUp(UnixSocketServer server) throws InterruptedException {
    try {
      for (int attempt = 0; attempt < ATTEMPTS && !isWarm(server); attempt++) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } finally {
      finish();
    }
  }

  private void rest() throws InterruptedException {
    for (boolean ended = isStopping(); !ended; ended = closed.await(REST.toNanos(), NANOSECONDS)) {
      var _ = giveBack.get();
    }
  }

  private void finish() {
    if (!isDone()) {
      done.countDown();
      events.warmedUp();
    }
  }

  // A standby's socket may be renamed at the moment of connecting: the next attempt finds it.
  private boolean isWarm(UnixSocketServer server) throws InterruptedException {
    try {
      Optional<String> socket = reachable(server);
      if (socket.isPresent()) {
        call(socket.get());
      }
      return true;
    } catch (IOException e) {
      if (isDone()) {
        return true;
      }
      log.warning("a warm-up call failed (" + e.getMessage() + "); cold calls are slow, not wrong");
      return false;
    }
  }

  private Optional<String> reachable(UnixSocketServer server) throws InterruptedException {
    return hasCome(() -> server.reachableAt().isPresent())
        ? server.reachableAt()
        : Optional.empty();
  }

  /** Waits for a milestone; false if the plugin is stopped before it. */
  private boolean hasCome(BooleanSupplier milestone) throws InterruptedException {
    while (!isStopping()) {
      long heard = milestones.rings();
      if (milestone.getAsBoolean()) {
        return true;
      }
      milestones.await(heard, LOOK);
    }
    return false;
  }

  private void call(String socket) throws IOException, InterruptedException {
    try (OwnClient client = OwnClient.connect(socket, TIMEOUT)) {
      int sooner = callSooner(client);
      if (hasCome(this::isReady)) {
        DecryptRequest sealed = call(client, ROUNDS - sooner);
        finish();
        goOn(client, sealed);
      }
    }
  }

  private int callSooner(OwnClient client) throws IOException {
    int calls = 0;
    while (calls < SOONER && !isReady() && !isStopping()) {
      others(client);
      calls += 2;
    }
    return calls;
  }

  // While the code is cold, Status answers that the plugin is starting; an empty plaintext is
  // refused.
  private static void others(OwnClient client) throws IOException {
    var _ = client.call("Status", StatusRequest.getDefaultInstance());
    var _ = client.call("Encrypt", EncryptRequest.getDefaultInstance());
  }

  private DecryptRequest call(OwnClient client, int rounds) throws IOException {
    Deadline fewest = Deadline.after(FEWEST_TIME, ticker);
    Deadline all = Deadline.after(TIME, ticker);
    DecryptRequest sealed = sealed(client);
    for (int i = 0; i < rounds && !(i < FEWEST ? fewest : all).expired() && !isStopping(); i++) {
      succeeded(client.call("Decrypt", sealed));
      if (i < OTHERS) {
        sealed = sealed(client);
        others(client);
      }
    }
    return sealed;
  }

  // Not while writes are stopped: the DEK may be erased then, and a Decrypt would ask its KEK.
  private void goOn(OwnClient client, DecryptRequest sealed)
      throws IOException, InterruptedException {
    var _ = closed.await(OTHERS_FIRST.toNanos(), NANOSECONDS);
    for (int i = 0; i < LATER && !isStopping() && isReady(); i++) {
      LockSupport.parkNanos(BETWEEN_NANOS);
      succeeded(client.call("Decrypt", sealed));
    }
    for (int i = 0; i < TOGETHER && !isStopping() && isReady(); i++) {
      LockSupport.parkNanos(BETWEEN_NANOS);
      for (OwnAnswer answer : client.callAtOnce("Decrypt", sealed, AT_ONCE)) {
        succeeded(answer);
      }
    }
  }

  private boolean isStopping() {
    return closed.getCount() == 0;
  }

  private boolean isReady() {
    return envelopes.state() instanceof WriteState.Ready;
  }

  private static DecryptRequest sealed(OwnClient client) throws IOException {
    ByteString seed = ByteString.copyFrom(new byte[SEED_BYTES]);
    EncryptRequest request = EncryptRequest.newBuilder().setPlaintext(seed).build();
    EncryptResponse sealed =
        EncryptResponse.parseFrom(succeeded(client.call("Encrypt", request)).message());
    return DecryptRequest.newBuilder()
        .setUid(Counts.OWN_UID)
        .setCiphertext(sealed.getCiphertext())
        .setKeyId(sealed.getKeyId())
        .addAllAnnotations(sealed.getAnnotationsList())
        .build();
  }

  private static OwnAnswer succeeded(OwnAnswer answer) throws IOException {
    if (!answer.ok()) {
      throw new IOException("status " + answer.status());
    }
    return answer;
  }

  @Override
  public void close() {
    closed.countDown();
    milestones.ring();
  }
}
