// SPDX-License-Identifier: Apache-2.0
package dev.bulla.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.health.OutageLimits;
import dev.bulla.kek.FakeKek;
import dev.bulla.kek.KekType;
import dev.bulla.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must not be thrown is thrown, an error too: of a class that cannot be loaded, say, since the
 * program's file was replaced under a running plugin. It costs the call, or the look; no more.
 */
@Timeout(60)
final class DefectTest {
  private static final byte[] SEED =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** A millisecond each; the third look of the loop comes half a second after the first. */
  private static final int MOST_LOOKS = 20_000;

  private final FakeKek write = new FakeKek(KekType.AWS_KMS, "arn", Rig.SCOPE);
  private final FakeKek recovery = new FakeKek(KekType.TRANSIT, "dr", Rig.SCOPE);
  private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
  private final BrokenKek broken = new BrokenKek(write, thrown);
  private final Rig rig = rig(Rig.kek(KekRole.WRITE, write), Rig.kek(KekRole.RECOVERY, recovery));

  private Rig rig(ConfiguredKek... keks) {
    return new Rig(write, Rig.settings(OutageLimits.DEFAULT, keks), WrappedDeks.none());
  }

  private static Stream<Throwable> defects() {
    return Stream.of(new IllegalStateException("test"), new NoClassDefFoundError("test"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @MethodSource("defects")
  void open_whoseUnwrapIsDefective_failsWithIt_andTheNextAsksAnew(Throwable defect)
      throws Exception {
    rig.step();
    Envelope envelope = rig.envelopes.seal(SEED);
    try (Rig cold = rig(Rig.kek(KekRole.WRITE, broken))) {
      thrown.set(defect);
      assertThat(Rig.failureOf(cold.open(envelope))).isSameAs(defect);
      thrown.set(null);
      assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    }
  }

  @ParameterizedTest
  @MethodSource("defects")
  void open_whereOneWayIsDefective_goesTheOther(Throwable defect) throws Exception {
    rig.step();
    Envelope envelope = rig.envelopes.seal(SEED);
    try (Rig cold = rig(Rig.kek(KekRole.WRITE, broken), Rig.kek(KekRole.RECOVERY, recovery))) {
      thrown.set(defect);
      assertThat(cold.open(envelope).get()).isEqualTo(SEED);
    }
  }

  @ParameterizedTest
  @MethodSource("defects")
  void look_thatIsDefective_isTold_andTheNextDoesItsWork(Throwable defect) throws Exception {
    AtomicInteger left = new AtomicInteger(2);
    List<Throwable> told = new CopyOnWriteArrayList<>();
    EnvelopeRuntime.Surroundings surroundings =
        new EnvelopeRuntime.Surroundings(
            new SecureRandom(),
            InstantSource.system(),
            Ticker.system(),
            () -> sinceBoot(left, defect),
            WrappedDeks.none(),
            () -> {});
    EnvelopeSettings settings = Rig.settings(OutageLimits.DEFAULT, Rig.kek(KekRole.WRITE, write));
    try (EnvelopeRuntime runtime =
        EnvelopeRuntime.start(settings, surroundings, new NoEvents(told::add))) {
      for (int i = 0; i < MOST_LOOKS && !isReady(runtime); i++) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(isReady(runtime)).isTrue();
    }
    assertThat(told).containsExactly(defect, defect);
  }

  private static boolean isReady(EnvelopeRuntime runtime) {
    return runtime.envelopes().state() instanceof WriteState.Ready;
  }

  private static long sinceBoot(AtomicInteger left, Throwable defect) {
    if (Thread.currentThread().getName().equals("bulla-keys") && left.getAndDecrement() > 0) {
      switch (defect) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(defect);
      }
    }
    return Ticker.sinceBoot().nanos();
  }
}
