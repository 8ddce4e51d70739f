// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.KekException;
import dev.bulla.kek.remote.HttpDate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What a status, or the lack of one, means to the choice of the address. */
final class Statuses {
  private Statuses() {}

  /** Returns an answer that every address would give; throws for the others. */
  static Answer answer(HttpResponse<byte[]> response) throws KekException {
    int status = response.statusCode();
    Optional<Instant> serviceTime = HttpDate.of(response.headers().allValues("Date"));
    Answer answer = new Answer(status, serviceTime, response.body());
    boolean final4xx =
        status >= 400 && status < 500 && status != 412 && status != 429 && status < 472;
    if (status == 200 || status == 204 || final4xx) {
      return answer;
    }
    try (answer) {
      throw status == 429 && isQuota(response, answer)
          ? new KekException.Throttled("the service asks for fewer calls: a rate limit quota")
          : new KekException.Unavailable(words(status));
    }
  }

  // 429 is also what a standby answers: a quota says so in its text or in its headers.
  private static boolean isQuota(HttpResponse<byte[]> response, Answer answer) {
    if (response.headers().firstValue("X-Ratelimit-Limit").isPresent()
        || response.headers().firstValue("Retry-After").isPresent()) {
      return true;
    }
    Optional<Json> json = answer.json();
    if (json.isEmpty()) {
      return false;
    }
    try (Json body = json.get()) {
      return body.texts("errors").stream()
          .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains("quota"));
    }
  }

  private static String words(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 ->
          "the service sends to another host, which is not followed; name its active node";
      case 412 -> "the node is behind its cluster (412)";
      case 429 -> "the node is a standby (429)";
      case 472 -> "the node is a standby for disaster recovery (472)";
      case 473 -> "the node is a performance standby (473)";
      case 501 -> "the service is not initialised (501)";
      case 503 -> "the service is sealed, or not ready (503)";
      default ->
          status >= 500
              ? "the service failed (HTTP " + status + ")"
              : "HTTP " + status + ", which the service never answers; is a proxy in between?";
    };
  }

  /** Returns what a failure without an answer means, in words without the host's name. */
  static KekException.Unavailable failure(IOException e) {
    return new KekException.Unavailable(
        switch (e) {
          case HttpTimeoutException _ -> "no answer in time";
          case ConnectException _ -> "no connection to the service";
          case SSLException _ -> "no TLS connection: is the certificate trusted, and of that name?";
          default -> "the connection failed, or the answer was too long";
        });
  }
}
