// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Predicate;

/** Asks an ops port, each time on a connection of its own. */
record HttpGet(int port) {
  /** An answer. */
  record Answer(int code, String body) {}

  /** Returns a port that is free now. */
  static HttpGet anyPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new HttpGet(socket.getLocalPort());
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Returns the line of a configuration that serves it. */
  String line() {
    return "ops: { address: \"127.0.0.1:" + port + "\" }";
  }

  Answer get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    }
  }

  /** Asks again until the port answers with that code. */
  Answer await(String path, int code) throws InterruptedException {
    return await(path, answer -> answer.code() == code);
  }

  /** Asks again until the port answers so. */
  Answer awaitBody(String path, String body) throws InterruptedException {
    return await(path, answer -> answer.body().equals(body));
  }

  /** Asks again until the port gives such an answer. */
  Answer await(String path, Predicate<Answer> right) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        Answer answer = get(path);
        if (right.test(answer)) {
          return answer;
        }
      } catch (IOException _) {
        Thread.onSpinWait();
      }
    }
    throw new AssertionError(path + " did not become right");
  }
}
