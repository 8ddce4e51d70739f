// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fault case 21: somebody removes the socket of an instance that serves. */
@Timeout(60)
final class KeptPathTest {
  /** It looks each second. */
  private static final Duration NEXT_LOOK = Duration.ofMillis(1_500);

  private static final long QUICK_MILLIS = 150;

  @TempDir private Path folder;

  private Path path() {
    return folder.resolve("kms.sock");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void awaitNames(int count) throws IOException, InterruptedException {
    while (names().size() != count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void pathThatIsRemoved_isBackWithinSeconds_andHandsOverAsBefore() throws Exception {
    long quickest = millisOfAHandOver();
    for (int i = 0; i < 2 && quickest >= QUICK_MILLIS; i++) {
      quickest = Math.min(quickest, millisOfAHandOver());
    }
    assertThat(quickest)
        .as("not as a stranger, who is looked at each 250 ms")
        .isLessThan(QUICK_MILLIS);
  }

  private long millisOfAHandOver() throws Exception {
    long handOverMillis = 0;
    try (Instance instance = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      for (int i = 0; i < 2; i++) {
        Files.delete(path());
        assertThat(instance.events().next("pathRestored").text()).contains(path().toString());
        assertThat(TestClient.nameAt(path())).isEqualTo("a");
      }
      try (Instance second = Instance.start("b", Instance.settings(path()))) {
        CompletableFuture<Boolean> publishing = second.publishing();
        var _ = second.events().next("waiting");
        long ended = System.nanoTime();
        instance.end();
        assertThat(publishing.get()).isTrue();
        handOverMillis = (second.events().next("published").atNanos() - ended) / 1_000_000;
        assertThat(TestClient.nameAt(path())).isEqualTo("b");
      }
    }
    assertThat(names()).containsExactly("kms.sock.lock");
    return handOverMillis;
  }

  @Test
  void secondNameThatIsRemoved_isMadeAgain() throws Exception {
    try (Instance _ = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      Files.delete(folder.resolve(names().getFirst()));
      awaitNames(3);
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void bothNamesRemoved_isToldOnce() throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      Path hidden = folder.resolve(names().getFirst());
      Files.delete(hidden);
      Files.delete(path());
      assertThat(instance.events().next("pathLost").text()).contains("second name");
      assertThat(instance.events().poll(NEXT_LOOK)).isNull();
    }
  }

  @Test
  void anotherFileAtThePath_isLeftAlone_andToldOnce() throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      Path other = Files.writeString(folder.resolve("other"), "theirs");
      Files.move(other, path(), StandardCopyOption.ATOMIC_MOVE);
      assertThat(instance.events().next("pathLost").text()).contains("another file");
      assertThat(instance.events().poll(NEXT_LOOK)).isNull();
    }
    assertThat(path()).hasContent("theirs");
  }

  @Test
  void socketThatWasMovedAwayAndBack_isToldToBeThereAgain() throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      Path kept = folder.resolve("kept");
      Files.delete(folder.resolve(names().getFirst()));
      Files.move(path(), kept);
      assertThat(instance.events().next("pathLost").text()).contains("second name");
      Files.move(kept, path());
      assertThat(instance.events().next("pathRestored").text()).contains(path().toString());
    }
  }

  private static Stream<Runnable> defects() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("a defect");
        },
        () -> {
          throw new NoClassDefFoundError("a class that is gone");
        });
  }

  @ParameterizedTest
  @MethodSource("defects")
  void defectInALook_isTold_andTheNextLookIsTaken(Runnable defect) throws Exception {
    try (Instance instance = Instance.start("a", Instance.settings(path())).published().kept()) {
      awaitNames(3);
      instance.events().whenToldOfThePath(defect);
      Files.delete(path());
      assertThat(instance.events().next("defect").text()).containsAnyOf("a defect", "a class");
      instance.events().whenToldOfThePath(() -> {});
      Files.delete(path());
      assertThat(instance.events().next("pathRestored").text()).contains(path().toString());
      assertThat(TestClient.nameAt(path())).isEqualTo("a");
    }
  }

  @Test
  void defectWhileALossIsTold_isTold_andTheNextLooksAreTaken() throws Exception {
    Path below = Files.createDirectory(folder.resolve("below"));
    Path path = below.resolve("kms.sock");
    try (Instance instance = Instance.start("a", Instance.settings(path)).published().kept()) {
      instance
          .events()
          .whenToldOfThePath(
              () -> {
                throw new NoClassDefFoundError("a class that is gone");
              });
      Path away = Files.move(below, folder.resolve("away"));
      // Not gone, but not to be looked at.
      Files.createSymbolicLink(below, below);
      assertThat(instance.events().next("defect").text()).contains("a class");
      instance.events().whenToldOfThePath(() -> {});
      Files.delete(below);
      Files.move(away, below);
      assertThat(instance.events().next("pathRestored").text()).contains(path.toString());
    }
  }
}
