// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.FakeKek;
import dev.bulla.kek.Fault;
import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekType;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A KEK that fails for a moment, as while its cluster elects a leader, costs time and no call. */
final class DoubtTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final FakeKek fake = new FakeKek(KekType.TRANSIT, "cluster", "scope");
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  private WrappedKey wrapped;

  @BeforeEach
  void wrap() throws KekException {
    try (KeyMaterial master = KeyMaterial.adopt(new byte[Kek.MASTER_BYTES])) {
      wrapped = fake.wrap(master, fake.describe(soon()).current(), soon());
    }
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(10), Ticker.system());
  }

  /** A KEK that worked, and then failed once. */
  private WatchedKek failing(Duration doubtFor) throws KekException {
    WatchedKek kek = new WatchedKek("k", fake, Ticker.system(), (_, _, _, _) -> {}, doubtFor);
    kek.unwrap(wrapped, soon()).close();
    fake.fail(Fault.DOWN);
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOf(KekException.Unavailable.class);
    return kek;
  }

  private Callable<Boolean> unwrap(WatchedKek kek) {
    return () -> {
      kek.unwrap(wrapped, soon()).close();
      return true;
    };
  }

  @Test
  void unwrapInDoubt_makesNoCall_andFollowsTheConfirmation() throws Exception {
    WatchedKek kek = failing(LONG);
    int before = fake.calls();
    Future<Boolean> waiting = callers.submit(unwrap(kek));
    assertThatThrownBy(() -> waiting.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(fake.calls()).isEqualTo(before);
    fake.fail(Fault.NONE);
    var _ = kek.confirm(Optional.of(new OwnKey(wrapped, _ -> true)), soon());
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void unwrapInDoubt_endsWithItsDeadline() throws Exception {
    WatchedKek kek = failing(LONG);
    Deadline limit = Deadline.after(Duration.ofMillis(50), Ticker.system());
    assertThatThrownBy(() -> kek.unwrap(wrapped, limit))
        .isInstanceOf(KekException.Unavailable.class);
  }

  @Test
  void doubtThatIsOver_isFollowedByAnAnswerAtOnce() throws Exception {
    WatchedKek kek = failing(Duration.ZERO);
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOf(KekException.Unavailable.class);
    int before = fake.calls();
    assertThatThrownBy(() -> kek.unwrap(wrapped, soon()))
        .isInstanceOf(KekException.Unavailable.class);
    assertThat(fake.calls()).isEqualTo(before);
  }
}
