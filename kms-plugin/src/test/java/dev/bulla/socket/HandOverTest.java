// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.bulla.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How one instance follows another on one path. */
@Timeout(60)
final class HandOverTest {
  private static final Duration TAKE_OVER = Duration.ofMillis(100);
  private static final Ticker TICKER = Ticker.system();

  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("kms.sock");
  }

  private Instance start(String name) throws IOException {
    return Instance.start(name, Instance.settings(path()));
  }

  private ChildJvm child(String name) throws IOException {
    ChildJvm child = ChildJvm.start("022", ServerProcess.class, name, path().toString());
    assertThat(child.line()).isEqualTo("started");
    return child;
  }

  private static Duration since(long nanos, RecordedEvents.Event event) {
    return Duration.ofNanos(event.atNanos() - nanos);
  }

  @Test
  void standby_ownerInThisProcessCloses_followsWithoutAFailedCall() throws Exception {
    assertThat(BestOf.three(TAKE_OVER, this::followAnOwnerInThisProcess)).isLessThan(TAKE_OVER);
  }

  private Duration followAnOwnerInThisProcess() throws Exception {
    Instance first = start("first").published();
    try (first;
        Instance second = start("second");
        Traffic traffic = new Traffic(path())) {
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");
      traffic.awaitAnswerFrom("first");

      long closed = TICKER.nanos();
      first.end();

      Duration took = since(closed, second.events().next("published"));
      assertThat(publishing.join()).isTrue();
      traffic.awaitAnswerFrom("second");
      assertThat(traffic.failures()).isEmpty();
      assertThat(Files.exists(path())).isTrue();
      return took;
    }
  }

  @Test
  void standby_ownerInAnotherProcessCloses_followsWithoutAFailedCall() throws Exception {
    assertThat(BestOf.three(TAKE_OVER, this::followAnOwnerInAnotherProcess)).isLessThan(TAKE_OVER);
  }

  private Duration followAnOwnerInAnotherProcess() throws Exception {
    try (ChildJvm first = child("first");
        Instance second = start("second");
        Traffic traffic = new Traffic(path())) {
      assertThat(first.line()).isEqualTo("published");
      CompletableFuture<Boolean> publishing = second.publishing();
      assertThat(second.events().next("waiting").text())
          .isEqualTo("another Bulla (pid " + first.pid() + ")");
      traffic.awaitAnswerFrom("first");

      long closed = TICKER.nanos();
      assertThat(first.finish()).isZero();

      Duration took = since(closed, second.events().next("published"));
      assertThat(publishing.join()).isTrue();
      traffic.awaitAnswerFrom("second");
      assertThat(traffic.failures()).isEmpty();
      return took;
    }
  }

  @Test
  void standby_ownerIsKilled_followsAtOnce() throws Exception {
    assertThat(BestOf.three(TAKE_OVER, this::followAKilledOwner)).isLessThan(TAKE_OVER);
  }

  private Duration followAKilledOwner() throws Exception {
    try (ChildJvm first = child("first");
        Instance second = start("second")) {
      assertThat(first.line()).isEqualTo("published");
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");

      long killed = TICKER.nanos();
      first.kill();

      Duration took = since(killed, second.events().next("published"));
      assertThat(publishing.join()).isTrue();
      assertThat(TestClient.nameAt(path())).isEqualTo("second");
      return took;
    }
  }

  @Test
  void standby_inAnotherProcess_followsThisOne() throws Exception {
    Instance first = start("first").published();
    try (first;
        ChildJvm second = child("second")) {
      assertThat(second.line()).isEqualTo("waiting");
      assertThat(TestClient.nameAt(path())).isEqualTo("first");

      first.end();

      assertThat(second.line()).isEqualTo("published");
      assertThat(TestClient.nameAt(path())).isEqualTo("second");
      assertThat(second.finish()).isZero();
      assertThat(Files.exists(path())).isFalse();
    }
  }

  @Test
  void standby_beforeItsTurn_isReachableByItsTemporaryNameOnly() throws Exception {
    try (Instance _ = start("first").published();
        Instance second = start("second")) {
      var _ = second.publishing();
      var _ = second.events().next("waiting");
      // The state follows the event.
      Path temporary;
      try (Stream<Path> files = Files.list(folder)) {
        temporary =
            files.filter(file -> file.getFileName().toString().startsWith(".b")).findAny().get();
      }

      assertThat(TestClient.nameAt(temporary)).isEqualTo("second");
      assertThat(TestClient.nameAt(path())).isEqualTo("first");
    }
  }

  @Test
  void standby_closedFirst_leavesTheOwnersSocket() throws Exception {
    try (Instance _ = start("first").published();
        Instance second = start("second")) {
      Optional<FileMark> mark = FileMark.of(path());
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");

      second.end();

      assertThat(publishing.join()).isFalse();
      assertThat(FileMark.of(path())).isEqualTo(mark);
      assertThat(TestClient.nameAt(path())).isEqualTo("first");
    }
  }

  @Test
  void standby_inItsOwnProcessClosedFirst_endsInOrder() throws Exception {
    try (ChildJvm first = child("first");
        Instance second = start("second")) {
      assertThat(first.line()).isEqualTo("published");
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");

      // The wait is inside the kernel here, not on the other instance of this process.
      second.end();

      assertThat(publishing.join()).isFalse();
      assertThat(TestClient.nameAt(path())).isEqualTo("first");
    }
  }

  @Test
  void owner_pathTakenByAnotherSocket_leavesThatOne() throws Exception {
    Instance first = start("first").published();
    try (first) {
      Files.delete(path());
      Files.delete(folder.resolve("kms.sock.lock"));
      try (Instance _ = start("second").published()) {
        Optional<FileMark> mark = FileMark.of(path());

        first.end();

        assertThat(FileMark.of(path())).isPresent().isEqualTo(mark);
        assertThat(TestClient.nameAt(path())).isEqualTo("second");
      }
    }
  }

  @Test
  void second_mustNotWait_isRefusedAndNamesTheOwner() throws Exception {
    try (Instance _ = start("first").published();
        Instance second = Instance.start("b", Instance.failing(Instance.settings(path())))) {
      assertThatIOException()
          .isThrownBy(second::published)
          .withMessageContaining("another Bulla (pid " + ProcessHandle.current().pid() + ")")
          .withMessageContaining("stop it first, or set socket.whenBusy to wait");
      assertThat(TestClient.nameAt(path())).isEqualTo("first");
    }
  }

  @Test
  void publish_lockFileRemovedUnderALiveOwner_doesNotDisplaceIt() throws Exception {
    try (Instance _ = start("first").published();
        Instance second = Instance.start("b", Instance.failing(Instance.settings(path())))) {
      second.end();
      Files.delete(folder.resolve("kms.sock.lock"));
      try (Instance third = Instance.start("c", Instance.failing(Instance.settings(path())))) {
        assertThatIOException().isThrownBy(third::published).withMessageContaining("not Bulla");
        assertThat(TestClient.nameAt(path())).isEqualTo("first");
      }
    }
  }

  @Test
  void publish_interrupted_saysSo() throws Exception {
    try (ChildJvm first = child("first");
        Instance second = start("second")) {
      assertThat(first.line()).isEqualTo("published");
      Thread waiter = Thread.currentThread();
      Thread interrupter =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      var _ = second.events().next("waiting");
                      waiter.interrupt();
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  });

      assertThatIOException()
          .isThrownBy(() -> second.server().publish())
          .withMessageContaining("interrupted while waiting");
      assertThat(Thread.interrupted()).isTrue();
      interrupter.join();
    }
  }
}
