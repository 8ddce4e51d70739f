// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The part of a Kubernetes API server that the login method asks: it believes every token. */
final class TokenReviews implements AutoCloseable {
  private static final String REVIEW =
      """
      {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","status":{"authenticated":true,
      "audiences":["openbao"],"user":{"username":"system:serviceaccount:kube-system:bulla",
      "uid":"11111111-1111-1111-1111-111111111111"}}}
      """;

  private final HttpServer server;

  TokenReviews() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/apis/authentication.k8s.io/v1/tokenreviews",
        exchange -> {
          byte[] answer = REVIEW.getBytes(StandardCharsets.UTF_8);
          var _ = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(201, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
