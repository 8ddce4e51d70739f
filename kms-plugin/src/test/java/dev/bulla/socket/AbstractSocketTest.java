// SPDX-License-Identifier: Apache-2.0
package dev.bulla.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.bulla.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AbstractSocketTest {
  private static final Duration TAKE_OVER = Duration.ofMillis(100);

  private final String name = "bulla-test-" + UUID.randomUUID();

  private SocketSettings settings() {
    return Instance.settings(new SocketAddressSpec.Abstract(name));
  }

  private Instance start(String instance) throws IOException {
    return Instance.start(instance, settings());
  }

  private String answer() {
    try (TestClient client = new TestClient("\0" + name)) {
      return client.name();
    }
  }

  @Test
  void publish_freeName_servesAndFreesItAfterwards() throws Exception {
    for (String instance : new String[] {"a", "b"}) {
      try (Instance running = start(instance)) {
        assertThat(running.server().reachableAt()).isEmpty();
        assertThat(running.published().server().reachableAt()).contains("\0" + name);
        assertThat(answer()).isEqualTo(instance);
      }
    }
  }

  @Test
  void publish_takenName_isRefusedWhenItMustNotWait() throws Exception {
    try (Instance _ = start("a").published();
        Instance second = Instance.start("b", Instance.failing(settings()))) {
      assertThatIOException()
          .isThrownBy(second::published)
          .withMessageContaining("another process serves on unix:///@" + name);
      assertThat(answer()).isEqualTo("a");
    }
  }

  @Test
  void publish_takenName_followsTheOwner() throws Exception {
    assertThat(BestOf.three(TAKE_OVER, this::followTheOwner)).isLessThan(TAKE_OVER);
  }

  private Duration followTheOwner() throws Exception {
    Instance first = start("a").published();
    try (first;
        Instance second = start("b")) {
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");
      assertThat(answer()).isEqualTo("a");

      long closed = Ticker.system().nanos();
      first.end();

      RecordedEvents.Event published = second.events().next("published");
      assertThat(publishing.join()).isTrue();
      assertThat(answer()).isEqualTo("b");
      return Duration.ofNanos(published.atNanos() - closed);
    }
  }

  @Test
  void close_whileItWaits_endsTheWait() throws Exception {
    try (Instance _ = start("a").published();
        Instance second = start("b")) {
      CompletableFuture<Boolean> publishing = second.publishing();
      var _ = second.events().next("waiting");

      second.end();

      assertThat(publishing.join()).isFalse();
      assertThat(answer()).isEqualTo("a");
    }
  }
}
