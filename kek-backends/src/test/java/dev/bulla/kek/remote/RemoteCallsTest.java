// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.kek.KeyMaterial;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked, how often, and until when. */
final class RemoteCallsTest {
  private static final CallLimits QUICK =
      new CallLimits(
          Duration.ofMillis(900),
          Duration.ofMillis(600),
          Duration.ofMillis(200),
          Duration.ofMillis(150),
          Duration.ofMillis(300),
          4);

  private final CountDownLatch never = new CountDownLatch(1);
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @AfterEach
  void release() {
    never.countDown();
  }

  private static RemoteCalls<String> calls(String... endpoints) {
    return new RemoteCalls<>("test-", List.of(endpoints), QUICK, Ticker.system(), new Random(1));
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }

  private String ask(String endpoint) throws KekException {
    asked.add(endpoint);
    switch (endpoint) {
      case "down" -> throw new KekException.Unavailable("down");
      case "busy" -> throw new KekException.Throttled("busy");
      case "revoked" -> throw new KekException.Revoked(KekException.Revoked.Reason.DISABLED);
      case "denied" -> throw new KekException.Denied("denied");
      case "silent" -> hang();
      case "broken" -> throw new NoClassDefFoundError("test");
      default -> {}
    }
    return endpoint;
  }

  private void hang() throws KekException {
    try {
      never.await();
    } catch (InterruptedException _) {
      throw new KekException.Unavailable("interrupted");
    }
  }

  private static Duration timeOf(Runnable run) {
    long from = System.nanoTime();
    run.run();
    return Duration.ofNanos(System.nanoTime() - from);
  }

  @Test
  void run_whereTheFirstIsDown_asksTheNextAndPrefersItForAWhile() throws Exception {
    try (RemoteCalls<String> calls = calls("down", "up")) {
      assertThat(run(calls)).isEqualTo("up");
      assertThat(run(calls)).isEqualTo("up");
      assertThat(asked).containsExactly("down", "up", "up");
      Deadline preferred = Deadline.after(QUICK.preferFor(), Ticker.system());
      while (!preferred.expired()) {
        Thread.onSpinWait();
      }
      assertThat(run(calls)).isEqualTo("up");
      assertThat(asked).containsExactly("down", "up", "up", "down", "up");
    }
  }

  @Test
  void run_whereTheFirstIsSilent_asksTheNextAsWell() throws Exception {
    try (RemoteCalls<String> calls = calls("silent", "up")) {
      Duration time = timeOf(() -> assertThat(unchecked(calls)).isEqualTo("up"));
      assertThat(time).isBetween(QUICK.hedgeAfter(), QUICK.total());
      assertThat(run(calls)).isEqualTo("up");
      assertThat(asked).containsExactly("silent", "up", "up");
    }
  }

  // A class may be missing, as when the program's file was replaced under a running plugin.
  @Test
  void run_whereACallThrowsAnError_failsWithIt_asWithAnyDefect() {
    try (RemoteCalls<String> calls = calls("broken")) {
      assertThatThrownBy(() -> run(calls))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("a defect of Bulla")
          .hasCauseInstanceOf(NoClassDefFoundError.class);
    }
  }

  private String run(RemoteCalls<String> calls) throws KekException {
    return calls.run((e, _) -> ask(e), soon());
  }

  private String unchecked(RemoteCalls<String> calls) {
    try {
      return run(calls);
    } catch (KekException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void run_whereAllAreSilent_endsInTime() {
    for (List<String> endpoints : List.of(List.of("silent"), List.of("silent", "silent"))) {
      try (RemoteCalls<String> calls = calls(endpoints.toArray(String[]::new))) {
        Duration time =
            timeOf(
                () ->
                    assertThatThrownBy(() -> calls.run((e, _) -> ask(e), soon()))
                        .isInstanceOf(KekException.Unavailable.class));
        assertThat(time).isLessThan(QUICK.first().plusMillis(300));
      }
    }
  }

  @Test
  void run_thatWasAnsweredBefore_endsSooner() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (RemoteCalls<String> calls = calls("only")) {
      RemoteCall<String, String> call =
          (_, _) -> ask(count.incrementAndGet() == 1 ? "up" : "silent");
      String first = calls.run(call, soon());
      assertThat(first).isEqualTo("up");
      Duration time =
          timeOf(
              () ->
                  assertThatThrownBy(() -> calls.run(call, soon()))
                      .isInstanceOf(KekException.Unavailable.class));
      assertThat(time).isLessThan(QUICK.first());
      assertThat(asked).containsExactly("up", "silent", "silent");
    }
  }

  @Test
  void run_againstABusyService_amplifiesByATenth() {
    try (RemoteCalls<String> calls = calls("busy")) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> calls.run((e, _) -> ask(e), soon()))
            .isInstanceOf(KekException.Throttled.class);
      }
    }
    assertThat(asked).hasSizeBetween(102, 111);
  }

  @Test
  void run_thatIsDenied_isNotRepeated() {
    try (RemoteCalls<String> calls = calls("denied", "up")) {
      assertThatThrownBy(() -> calls.run((e, _) -> ask(e), soon()))
          .isInstanceOf(KekException.Denied.class);
    }
    assertThat(asked).containsExactly("denied");
  }

  @Test
  void laterEndpoint_condemnsNothingWhileTheFirstIsAway() throws Exception {
    try (RemoteCalls<String> calls = calls("down", "revoked")) {
      assertUnavailable(calls);
    }
    try (RemoteCalls<String> calls = calls("silent", "denied")) {
      assertUnavailable(calls);
    }
    try (RemoteCalls<String> calls = calls("down", "denied", "up")) {
      assertThat(run(calls)).isEqualTo("up");
    }
    try (RemoteCalls<String> calls = calls("revoked", "up")) {
      assertThatThrownBy(() -> run(calls)).isInstanceOf(KekException.Revoked.class);
    }
  }

  @Test
  void run_thatFailsOnce_isRepeatedOnce() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (RemoteCalls<String> calls = calls("only")) {
      String answer =
          calls.run((_, _) -> ask(count.incrementAndGet() == 1 ? "down" : "up"), soon());
      assertThat(answer).isEqualTo("up");
    }
    assertThat(asked).containsExactly("down", "up");
  }

  @Test
  void lateKey_isWiped() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    CompletableFuture<KeyMaterial> leftOver = new CompletableFuture<>();
    try (RemoteCalls<String> calls = calls("slow", "quick")) {
      RemoteCall<String, KeyMaterial> call =
          (endpoint, _) -> {
            KeyMaterial key = KeyMaterial.adopt(new byte[] {1});
            if (endpoint.equals("slow")) {
              awaitIgnoringInterrupts(late);
              leftOver.complete(key);
            }
            return key;
          };
      calls.run(call, soon()).close();
      late.countDown();
      KeyMaterial key = leftOver.get();
      Deadline wiped = soon();
      while (key.sameAs(KeyMaterial.adopt(new byte[] {1})) && !wiped.expired()) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(key::bytes).isInstanceOf(IllegalStateException.class);
    }
  }

  private static void awaitIgnoringInterrupts(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void moreCallsThanSlots_waitAndEndInTime() {
    int threads = QUICK.concurrent() * 3;
    try (RemoteCalls<String> calls = calls("silent");
        ExecutorService callers = Executors.newFixedThreadPool(threads)) {
      List<CompletableFuture<Void>> ends =
          IntStream.range(0, threads)
              .mapToObj(_ -> CompletableFuture.runAsync(() -> assertUnavailable(calls), callers))
              .toList();
      ends.forEach(CompletableFuture::join);
    }
    assertThat(asked).hasSizeLessThanOrEqualTo(threads * 2);
  }

  private void assertUnavailable(RemoteCalls<String> calls) {
    assertThatThrownBy(() -> calls.run((e, _) -> ask(e), soon()))
        .isInstanceOf(KekException.Unavailable.class);
  }

  @Test
  void run_afterClose_isUnavailable() {
    RemoteCalls<String> calls = calls("up");
    calls.close();
    assertUnavailable(calls);
  }
}
