// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault.fake;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * The transit engine at {@code transit}, AppRole at {@code approle} and, once told of a role, AWS
 * on a loopback port, strict and controllable. It has no namespaces, and ignores their header, as
 * Vault's free edition does. Thread-safe.
 */
public final class FakeTransit implements AutoCloseable {
  /** The role id that logs in. */
  public static final String ROLE_ID = "fake-role";

  /** The secret id that logs in from the start. */
  public static final String SECRET_ID = "fake-secret";

  private static final String DENIED = "permission denied";
  private static final byte[] PAGE = "<html>portal</html>".getBytes(StandardCharsets.UTF_8);

  private final TransitOperations transit;
  private final FakeLogins logins;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile TransitFault fault = new TransitFault.None();
  private volatile Predicate<String> faulty = path -> true;
  private volatile Predicate<String> allowed = path -> true;
  private volatile boolean mayCreate;

  /**
   * One request.
   *
   * @param path below {@code /v1/}
   * @param namespace of its header; empty if it has none
   * @param body as it came
   */
  public record Call(String path, String namespace, String token, String body, int status) {}

  private FakeTransit(HttpServer server, TransitOperations transit, FakeLogins logins) {
    this.server = server;
    this.transit = transit;
    this.logins = logins;
    server.createContext("/v1/", (HttpExchange exchange) -> handle(exchange));
    server.setExecutor(threads);
    server.start();
  }

  /** Starts it over plain HTTP. */
  public static FakeTransit start() throws IOException {
    return new FakeTransit(server(), new TransitOperations(), new FakeLogins());
  }

  /** Starts it over TLS. */
  public static FakeTransit startTls(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new FakeTransit(server, new TransitOperations(), new FakeLogins());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static HttpServer server() throws IOException {
    return HttpServer.create(loopback(), 0);
  }

  /** Starts another node of the same cluster, with faults and calls of its own. */
  public FakeTransit anotherNode() throws IOException {
    return new FakeTransit(server(), transit, logins);
  }

  /** Returns where it answers. */
  public URI address() {
    return URI.create(
        (server instanceof HttpsServer ? "https" : "http")
            + "://127.0.0.1:"
            + server.getAddress().getPort());
  }

  /** Makes a key of one version, made at {@code createdSeconds}. */
  public synchronized void createKey(String name, long createdSeconds) {
    transit.keys.put(name, new FakeTransitKey(name, createdSeconds));
  }

  /** Gives a key another version. */
  public synchronized void rotate(String name, long createdSeconds) {
    key(name).rotate(createdSeconds);
  }

  /** Takes a key's newest version away, as a restored backup does. */
  public synchronized void loseNewest(String name) {
    key(name).material.removeLast();
    key(name).created.removeLast();
  }

  /** Sets fields of a key, each in JSON. */
  public synchronized void set(String name, Map<String, String> json) {
    key(name).set(json);
  }

  /** Deletes a key. */
  public synchronized void delete(String name) {
    transit.keys.remove(name);
  }

  private FakeTransitKey key(String name) {
    return Objects.requireNonNull(transit.keys.get(name));
  }

  /** Makes the answers to every path go wrong so. */
  public void fail(TransitFault how) {
    fail(how, path -> true);
  }

  /** Makes the answers to some paths go wrong so. */
  public void fail(TransitFault how, Predicate<String> paths) {
    faulty = paths;
    fault = how;
  }

  /** Allows tokens some paths only. */
  public void allow(Predicate<String> paths) {
    allowed = paths;
  }

  /** Whether the policy lets a token make keys. */
  public void mayCreate(boolean may) {
    mayCreate = may;
  }

  /** Revokes every token. */
  public void revokeTokens() {
    logins.tokens.clear();
  }

  /** Replaces the secret id that logs in. */
  public void secretId(String other) {
    logins.secretId = other;
  }

  /** Sets how long tokens are said to live. */
  public void leaseSeconds(int seconds) {
    logins.leaseSeconds = seconds;
  }

  /** Returns the login of AWS, which knows no role yet. */
  public FakeAwsLogin aws() {
    return logins.aws;
  }

  /** Returns what was asked, in order. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns how often a path was asked that begins so. */
  public long count(String prefix) {
    return calls.stream().filter(call -> call.path().startsWith(prefix)).count();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/v1/".length());
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      TransitFault now = faulty.test(path) ? fault : new TransitFault.None();
      TransitReply reply = reply(exchange, path, body, now);
      calls.add(
          new Call(
              path, header(exchange, "X-Vault-Namespace"), token(exchange), body, reply.status()));
      switch (now) {
        case TransitFault.Hang _ -> end.await();
        case TransitFault.Refuse _ -> {}
        case TransitFault.Page page -> send(exchange, page.code(), PAGE, PAGE.length);
        case TransitFault.Truncated _ ->
            send(exchange, reply.status(), reply.bytes(), reply.bytes().length / 2);
        case TransitFault.Oversized _ -> {
          byte[] large = new byte[2_000_000];
          send(exchange, reply.status(), large, large.length);
        }
        default -> send(exchange, reply.status(), reply.bytes(), reply.bytes().length);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] bytes, int really)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes, 0, really);
  }

  private synchronized TransitReply reply(
      HttpExchange exchange, String path, String body, TransitFault now) {
    JsonObject answer = new JsonObject();
    try {
      if (now instanceof TransitFault.Status(int code, String error)) {
        throw new TransitError(code, error);
      }
      answer.addProperty("request_id", "fake");
      answer.addProperty("lease_duration", 0);
      boolean isAuth = path.startsWith("auth/");
      answer.add(isAuth ? "auth" : "data", TransitReply.altered(served(exchange, path, body), now));
      return new TransitReply(200, answer);
    } catch (TransitError e) {
      return TransitReply.of(e);
    }
  }

  private JsonObject served(HttpExchange exchange, String path, String text) throws TransitError {
    JsonObject body =
        text.isEmpty() ? new JsonObject() : JsonParser.parseString(text).getAsJsonObject();
    if (path.startsWith("auth/") && path.endsWith("/login")) {
      return logins.login(path, body);
    }
    if (!logins.tokens.contains(token(exchange))) {
      throw new TransitError(403, DENIED);
    }
    if (path.equals("auth/token/renew-self")) {
      return logins.auth(token(exchange));
    }
    if (!allowed.test(path)) {
      throw new TransitError(403, "1 error occurred:\n\t* " + DENIED + "\n\n");
    }
    if (fault instanceof TransitFault.OtherKey && path.startsWith("transit/decrypt/")) {
      throw new TransitError(400, "cipher: message authentication failed");
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return switch (path.substring(0, path.lastIndexOf('/'))) {
      case "transit/keys" -> transit.read(name);
      case "transit/encrypt" -> transit.encrypt(name, body);
      case "transit/decrypt" -> transit.decrypt(name, body);
      case "sys" -> TransitOperations.capabilities(body, mayCreate);
      default -> throw new TransitError(404, "no handler for route");
    };
  }

  private static String token(HttpExchange exchange) {
    return header(exchange, "X-Vault-Token");
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** Refuses connections from now on. */
  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
