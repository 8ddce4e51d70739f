// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.kek.KekException;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When tokens are fetched, renewed, replaced and no longer asked for. */
@Timeout(60)
final class TokensTest {
  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<CompletableFuture<Token>> logins = new LinkedBlockingQueue<>();

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(5), Ticker.system());
  }

  private static Deadline now() {
    return Deadline.after(Duration.ZERO, Ticker.system());
  }

  private static Token token(String value, int seconds) {
    Duration life = Duration.ofSeconds(seconds);
    return new Token(value, 0, life, life, false);
  }

  private Tokens tokens() {
    Tokens.Fetcher held =
        new Tokens.Fetcher() {
          @Override
          public Token login(Deadline deadline) throws KekException {
            CompletableFuture<Token> login = new CompletableFuture<>();
            logins.add(login);
            try {
              return login.join();
            } catch (CompletionException e) {
              if (e.getCause() instanceof Error error) {
                throw error;
              }
              throw (KekException) e.getCause();
            }
          }

          @Override
          public Optional<Token> renew(Token token, Deadline deadline) {
            return Optional.empty();
          }
        };
    return new Tokens(
        held,
        List.of(),
        false,
        new Backoff(Backoff.REFUSED, nanos::get),
        InstantSource.fixed(Instant.EPOCH),
        nanos::get);
  }

  private static void assertPending(Tokens tokens) {
    assertThatThrownBy(() -> tokens.current(now()))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessageContaining("under way");
  }

  @Test
  void callersThatWait_shareOneLogin_whichNoDeadlineCutsShort() throws Exception {
    try (Tokens tokens = tokens()) {
      assertPending(tokens);
      CompletableFuture<Token> login = logins.take();
      assertPending(tokens);
      login.complete(token("a", 60));
      assertThat(tokens.current(soon()).value()).isEqualTo("a");
      assertThat(logins).isEmpty();
      assertThat(tokens.expiry()).contains(Instant.EPOCH.plusSeconds(60));
    }
  }

  // A class may be missing, as when the program's file was replaced under a running plugin.
  @Test
  void loginThatThrowsAnError_isOver_andTheNextIsMade() throws Exception {
    try (Tokens tokens = tokens()) {
      assertPending(tokens);
      logins.take().completeExceptionally(new NoClassDefFoundError("test"));
      assertThatThrownBy(() -> tokens.current(soon()))
          .isInstanceOf(KekException.Unavailable.class)
          .hasMessageContaining("a defect of Bulla");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      assertPending(tokens);
      logins.take().complete(token("a", 60));
      assertThat(tokens.current(soon()).value()).isEqualTo("a");
    }
  }

  @Test
  void loginThatBeganBeforeTheRefusal_comesTooLate() throws Exception {
    try (Tokens tokens = tokens()) {
      assertPending(tokens);
      logins.take().complete(token("old", 60));
      Token old = tokens.current(soon());
      nanos.addAndGet(Duration.ofSeconds(61).toNanos());
      assertPending(tokens);
      CompletableFuture<Token> late = logins.take();
      assertThat(tokens.replace(old)).isTrue();
      assertPending(tokens);
      CompletableFuture<Token> young = logins.take();
      late.complete(
          new Token("late", nanos.get(), Duration.ofHours(1), Duration.ofHours(1), false));
      young.complete(
          new Token("new", nanos.get(), Duration.ofHours(1), Duration.ofHours(1), false));
      assertThat(tokens.current(soon()).value()).isEqualTo("new");
      assertThat(tokens.current(soon()).value()).isEqualTo("new");
    }
  }

  @Test
  void refusedTokenThatWasForgottenMeanwhile_isReplacedOnce() throws Exception {
    try (Tokens tokens = tokens()) {
      assertPending(tokens);
      logins.take().complete(token("old", 1));
      Token old = tokens.current(soon());
      nanos.addAndGet(Duration.ofSeconds(2).toNanos());
      // The refresher, which waits by the real clock, finds it expired.
      Thread.sleep(1_200);
      assertPending(tokens);
      CompletableFuture<Token> late = logins.take();
      assertThat(tokens.replace(old)).isTrue();
      assertThat(tokens.replace(old)).isTrue();
      assertPending(tokens);
      CompletableFuture<Token> young = logins.take();
      late.complete(
          new Token("late", nanos.get(), Duration.ofHours(1), Duration.ofHours(1), false));
      young.complete(
          new Token("new", nanos.get(), Duration.ofHours(1), Duration.ofHours(1), false));
      assertThat(tokens.current(soon()).value()).isEqualTo("new");
      assertThat(logins).isEmpty();
    }
  }

  @Test
  void tokenThatWasReplacedAlready_isNotReplacedAgain() throws Exception {
    try (Tokens tokens = tokens()) {
      assertPending(tokens);
      logins.take().complete(token("a", 60));
      Token first = tokens.current(soon());
      assertThat(tokens.replace(first)).isTrue();
      assertPending(tokens);
      logins.take().complete(token("b", 60));
      Token second = tokens.current(soon());
      assertThat(tokens.replace(first)).isTrue();
      assertThat(tokens.current(soon())).isSameAs(second);
      assertThat(logins).isEmpty();
    }
  }

  @Test
  void loginThatIsRefused_waitsTwiceAsLongEachTime_upToFiveMinutes() throws Exception {
    Backoff backoff = new Backoff(Backoff.REFUSED, nanos::get);
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
      backoff.failed(new KekException.Denied("no"));
      assertThat(backoff.left()).isEqualTo(Duration.ofSeconds(seconds));
      assertThat(backoff.inForce()).isPresent();
      nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
      assertThat(backoff.inForce()).isEmpty();
    }
    backoff.failed(new KekException.Unavailable("sealed"));
    assertThat(backoff.left()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void refusedTokens_areReplacedThreeTimesAtOnce_andThenOnceInTenSeconds() {
    Replacements replacements = new Replacements(nanos::get);
    for (int i = 0; i < 3; i++) {
      assertThat(replacements.tryTake()).isTrue();
    }
    assertThat(replacements.tryTake()).isFalse();
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(replacements.tryTake()).isTrue();
    assertThat(replacements.tryTake()).isFalse();
  }

  @Test
  void token_isDueAtTwoThirdsOfItsLife() {
    Token token = new Token("t", 0, Duration.ofSeconds(30), Duration.ofSeconds(30), true);
    assertThat(token.untilDue(0)).isEqualTo(Duration.ofSeconds(20));
    assertThat(token.untilDue(Duration.ofSeconds(20).toNanos())).isZero();
    assertThat(token.expired(Duration.ofSeconds(30).toNanos() - 1)).isFalse();
    assertThat(token.expired(Duration.ofSeconds(30).toNanos())).isTrue();
    assertThat(token.isCapped()).isFalse();
    assertThat(new Token("t", 0, Duration.ofSeconds(28), Duration.ofSeconds(30), true).isCapped())
        .isTrue();
    assertThat(new Token("t", 0, Duration.ZERO, Duration.ZERO, true).expired(Long.MAX_VALUE))
        .isFalse();
    assertThat(token.toString()).doesNotContain("t,");
  }

  @Test
  void afterClose_thereIsNone() throws Exception {
    Tokens tokens = tokens();
    tokens.close();
    assertThatThrownBy(() -> tokens.current(soon()))
        .isInstanceOf(KekException.Unavailable.class)
        .hasMessage("the KEK was closed");
  }
}
