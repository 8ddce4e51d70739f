// SPDX-License-Identifier: Apache-2.0
package dev.bulla.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.systemd.Notifier.Reading;
import dev.bulla.systemd.Notifier.Stage;
import dev.bulla.time.Bell;
import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives at the datagram socket that systemd would have. */
@Timeout(60)
final class NotifierTest {
  private static final Reading STARTING = new Reading(Stage.STARTING, false, "starting");
  private static final Reading NOT_OK = new Reading(Stage.SERVING, false, "no key");
  private static final Reading OK = new Reading(Stage.SERVING, true, "fine");

  @TempDir private Path folder;
  private final AtomicReference<Reading> reading = new AtomicReference<>(STARTING);
  private final AtomicBoolean answers = new AtomicBoolean(true);
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final Bell changes = new Bell();
  private final List<Throwable> defects = new CopyOnWriteArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private NotifyReceiver receiver = NotifyReceiver.NONE;

  @BeforeEach
  void receive() throws IOException {
    receiver = NotifyReceiver.at(folder.resolve("notify").toString());
    environment.put("NOTIFY_SOCKET", folder.resolve("notify").toString());
  }

  @AfterEach
  void stop() throws IOException {
    receiver.close();
  }

  private Notifier start(Ticker ticker) {
    Notifier notifier =
        Notifier.of(environment, reading::get, this::answer, changes, ticker, defects::add)
            .orElseThrow();
    notifier.start();
    return notifier;
  }

  private boolean answer() {
    asked.incrementAndGet();
    return answers.get();
  }

  @Test
  void ready_isToldOnce_whenStatusWouldSayOk() throws IOException {
    try (Notifier _ = start(Ticker.system())) {
      assertThat(receiver.next()).isEqualTo("STATUS=starting");
      reading.set(NOT_OK);
      assertThat(receiver.next()).isEqualTo("STATUS=no key");
      reading.set(OK);
      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=fine");
      reading.set(NOT_OK);
      assertThat(receiver.next()).isEqualTo("STATUS=no key");
    }
    assertThat(receiver.next()).isEqualTo("STOPPING=1");
  }

  @Test
  void whatIsRungFor_isToldAtOnce() throws IOException {
    reading.set(OK);
    try (Notifier _ = start(Ticker.system())) {
      assertThat(receiver.next()).startsWith("READY=1");
      long quickest = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        long begin = System.nanoTime();
        reading.set(new Reading(Stage.SERVING, true, "change " + i));
        changes.ring();
        assertThat(receiver.next()).isEqualTo("STATUS=change " + i);
        quickest = Math.min(quickest, System.nanoTime() - begin);
      }
      // Without the bell two of the three are told a second apart.
      assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(100));
    }
  }

  @Test
  void standby_isReady() throws IOException {
    reading.set(new Reading(Stage.STANDING_BY, false, "standing by"));
    try (Notifier _ = start(Ticker.system())) {
      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=standing by");
    }
  }

  @Test
  void kekThatIsAway_delaysReadyAndDoesNotPreventIt() throws IOException {
    reading.set(NOT_OK);
    try (Notifier _ = start(nanos::get)) {
      assertThat(receiver.next()).isEqualTo("STATUS=no key");
      nanos.addAndGet(Notifier.PATIENCE.toNanos() - 1);
      reading.set(new Reading(Stage.SERVING, false, "still none"));
      assertThat(receiver.next()).isEqualTo("STATUS=still none");
      nanos.incrementAndGet();
      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=still none");
    }
  }

  @Test
  void defect_isToldOnce_andTheNextLookIsTaken() throws IOException {
    AtomicLong looks = new AtomicLong();
    Notifier notifier =
        Notifier.of(
                environment,
                () ->
                    switch ((int) looks.incrementAndGet()) {
                      case 1, 2 -> throw new NoClassDefFoundError("gone");
                      case 3 -> STARTING;
                      case 4 -> throw new IllegalStateException("again");
                      default -> OK;
                    },
                this::answer,
                changes,
                Ticker.system(),
                defects::add)
            .orElseThrow();
    try (notifier) {
      notifier.start();
      assertThat(receiver.next()).isEqualTo("STATUS=starting");
      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=fine");
    }
    assertThat(defects).extracting(Throwable::getMessage).containsExactly("gone", "again");
  }

  @Test
  void watchdog_isFedOnlyWhileStatusIsAnswered() throws IOException {
    environment.put("WATCHDOG_USEC", "400000");
    environment.put("WATCHDOG_PID", Long.toString(ProcessHandle.current().pid()));
    reading.set(OK);
    try (Notifier _ = start(Ticker.system())) {
      assertThat(receiver.next()).startsWith("READY=1");
      assertThat(receiver.next()).isEqualTo("WATCHDOG=1");
      assertThat(receiver.next()).isEqualTo("WATCHDOG=1");
      answers.set(false);
      long before = asked.get();
      while (asked.get() < before + 3) {
        Thread.onSpinWait();
      }
      receiver.drain();
      while (asked.get() < before + 6) {
        Thread.onSpinWait();
      }
      assertThat(receiver.poll()).isEmpty();
      answers.set(true);
      assertThat(receiver.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "x", "99999999999999999999"})
  void watchdog_ofNonsense_isNone(String micros) {
    assertThat(Watchdog.period(Map.of("WATCHDOG_USEC", micros))).isEmpty();
  }

  @Test
  void watchdog_ofAnotherProcess_isNone() {
    assertThat(Watchdog.period(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "relative", "@"})
  void socket_ofNonsense_isNone(String name) {
    assertThat(
            Notifier.of(
                Map.of("NOTIFY_SOCKET", name),
                reading::get,
                this::answer,
                changes,
                nanos::get,
                defects::add))
        .isEmpty();
  }

  @Test
  void withoutSystemd_thereIsNone() {
    assertThat(Notifier.of(Map.of(), reading::get, this::answer, changes, nanos::get, defects::add))
        .isEmpty();
  }

  @Test
  void abstractSocket_isReached() throws IOException {
    String name = "bulla-test-" + ProcessHandle.current().pid();
    try (NotifyReceiver other = NotifyReceiver.at("\0" + name)) {
      environment.put("NOTIFY_SOCKET", "@" + name);
      try (Notifier _ = start(Ticker.system())) {
        assertThat(other.next()).isEqualTo("STATUS=starting");
      }
    }
  }

  @Test
  void receiverThatIsGone_isNoTrouble() throws IOException {
    environment.put("NOTIFY_SOCKET", folder.resolve("nobody").toString());
    reading.set(OK);
    AtomicLong looked = new AtomicLong();
    Notifier notifier =
        Notifier.of(
                environment,
                () -> {
                  looked.incrementAndGet();
                  return OK;
                },
                this::answer,
                changes,
                Ticker.system(),
                defects::add)
            .orElseThrow();
    notifier.start();
    while (looked.get() < 3) {
      Thread.onSpinWait();
    }
    notifier.close();
    assertThat(receiver.poll()).isEqualTo(Optional.empty());
  }
}
