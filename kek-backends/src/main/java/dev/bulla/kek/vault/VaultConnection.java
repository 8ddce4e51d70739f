// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.remote.CallLimits;
import dev.bulla.kek.remote.RemoteCalls;
import dev.bulla.time.Deadline;
import dev.bulla.time.Ticker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Calls the service with a token, on one of its addresses. Thread-safe. */
final class VaultConnection implements AutoCloseable {
  private static final int FORBIDDEN = 403;

  /** A silent address is given up on, or the next is asked as well, after 700 ms. */
  private static final CallLimits CALLS =
      new CallLimits(
          Duration.ofMillis(1400),
          Duration.ofMillis(1400),
          Duration.ofMillis(700),
          Duration.ofMillis(700),
          Duration.ofSeconds(30),
          16);

  /** A login is not hedged: a secret id may be good for one only. */
  private static final CallLimits LOGINS =
      new CallLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          2);

  private final VaultHttp http;
  private final RemoteCalls<URI> calls;
  private final RemoteCalls<URI> logins;
  private final Tokens tokens;

  VaultConnection(VaultSettings settings, Notices notices) {
    Ticker ticker = Ticker.system();
    this.http = new VaultHttp(settings.network());
    this.calls = remote("bulla-vault-", settings, CALLS, ticker);
    this.logins = remote("bulla-vault-login-", settings, LOGINS, ticker);
    this.tokens = tokens(settings, new Logins(settings, http, logins, notices, ticker), ticker);
  }

  private static RemoteCalls<URI> remote(
      String name, VaultSettings settings, CallLimits limits, Ticker ticker) {
    return new RemoteCalls<>(
        name, settings.addresses(), limits, ticker, RandomGenerator.getDefault());
  }

  private static Tokens tokens(VaultSettings settings, Logins logins, Ticker ticker) {
    boolean perhapsDown = settings.auth().stream().anyMatch(LoginMethod::mayBeRefusedInAnOutage);
    return new Tokens(
        new Tokens.Fetcher() {
          @Override
          public Token login(Deadline deadline) throws KekException {
            return logins.login(deadline);
          }

          @Override
          public Optional<Token> renew(Token token, Deadline deadline) throws KekException {
            return logins.renew(token, deadline);
          }
        },
        files(settings),
        settings.auth().stream().anyMatch(LoginMethod.TokenFile.class::isInstance),
        new Backoff(perhapsDown ? Backoff.PERHAPS_DOWN : Backoff.REFUSED, ticker),
        InstantSource.system(),
        ticker);
  }

  // With those of TLS: a login that failed for a certificate is tried again when it is replaced.
  private static List<Path> files(VaultSettings settings) {
    Stream<Path> logins = settings.auth().stream().flatMap(method -> method.files().stream());
    return Stream.concat(logins, Tls.files(settings.network()).stream()).distinct().toList();
  }

  /** Returns the deadline of one call with all that it takes. */
  static Deadline bounded(Deadline deadline) {
    return deadline.atMost(CALLS.total());
  }

  /**
   * Makes a request where and as often as that may help. A token that is refused is replaced once,
   * at once: it may have been revoked.
   *
   * @param request its body stays the caller's
   * @return the answer, which the caller closes; its status may be any but of those that say
   *     "later"
   */
  Answer call(VaultRequest request, Deadline deadline) throws KekException {
    Deadline until = bounded(deadline);
    if (until.expired()) {
      throw new KekException.Unavailable("no time was left for a call");
    }
    Token token = tokens.current(until);
    Answer answer = ask(request, token, until);
    if (answer.status() != FORBIDDEN || !tokens.replace(token)) {
      return answer;
    }
    answer.close();
    return ask(request, tokens.current(until), until);
  }

  /** Makes a request whose refusal is an answer: no other token would be better. */
  Answer tryCall(VaultRequest request, Deadline deadline) throws KekException {
    Deadline until = bounded(deadline);
    return ask(request, tokens.current(until), until);
  }

  private Answer ask(VaultRequest request, Token token, Deadline until) throws KekException {
    Optional<String> value = Optional.of(token.value());
    return calls.run((address, bound) -> http.send(address, request, value, bound), until);
  }

  /** Returns when the token in use expires; empty if it does not. */
  Optional<Instant> credentialsExpireAt() {
    return tokens.expiry();
  }

  @Override
  public void close() {
    tokens.close();
    logins.close();
    calls.close();
    http.close();
  }
}
