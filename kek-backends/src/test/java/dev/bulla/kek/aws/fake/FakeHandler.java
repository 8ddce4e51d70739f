// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Serves one request: signature, permission, operation, fault. */
final class FakeHandler {
  private static final String TYPE = "application/x-amz-json-1.1";
  private static final int MOST = 64 * 1024;

  private final FakeAwsKms fake;

  FakeHandler(FakeAwsKms fake) {
    this.fake = fake;
  }

  void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MOST);
      if (MetadataOperations.serves(exchange)) {
        metadata(exchange);
      } else if (pause() && !broken(exchange)) {
        if (exchange.getRequestHeaders().containsKey("X-Amz-Target")) {
          kms(exchange, body);
        } else {
          sts(exchange, body);
        }
      }
    }
  }

  private static void metadata(HttpExchange exchange) throws IOException {
    String answer = MetadataOperations.answer(exchange);
    send(exchange, answer == null ? 401 : 200, "text/plain", answer == null ? "" : answer);
  }

  private boolean pause() {
    try {
      return fake.latency.isZero()
          || !fake.end.await(fake.latency.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return false;
    }
  }

  /** Plays a fault that has no regard to the request. */
  private boolean broken(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    boolean elsewhere = authorization != null && !authorization.contains("/" + fake.faultyRegion);
    if (fake.faults.get() <= 0 || elsewhere) {
      return false;
    }
    switch (fake.fault) {
      case AwsFault.Hang _ -> await();
      case AwsFault.Refuse _ -> {}
      case AwsFault.Html _ -> send(exchange, 200, "text/html", "<html>Sign in, please</html>");
      case AwsFault.Oversized _ ->
          send(exchange, 200, TYPE, "{\"Plaintext\":\"" + "A".repeat(2 << 20) + "\"}");
      case AwsFault.Redirect _ -> {
        exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
        send(exchange, 307, TYPE, "");
      }
      default -> {
        return false;
      }
    }
    var _ = fake.nextFault();
    return true;
  }

  private void await() {
    try {
      fake.end.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void kms(HttpExchange exchange, byte[] body) throws IOException {
    KmsOperations.Request request = null;
    Signature.Signer signer = null;
    boolean accepted = false;
    try {
      if (!TYPE.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
        throw new AwsError("SerializationException", "Content-Type must be " + TYPE);
      }
      signer =
          Signature.verify(
              exchange.getRequestURI(),
              exchange.getRequestHeaders(),
              body,
              "kms",
              fake.secrets::get);
      request =
          KmsOperations.parse(
              exchange.getRequestHeaders().getFirst("X-Amz-Target"),
              new String(body, StandardCharsets.UTF_8));
      throttle();
      permit(signer, request);
      Map<String, Object> answer = fake.kms.answer(request, signer.region());
      accepted = true;
      record(request, signer, true);
      sendFaulty(exchange, new LinkedHashMap<>(answer));
    } catch (AwsError e) {
      if (request != null && signer != null && !accepted) {
        record(request, signer, false);
      }
      send(exchange, e);
    }
  }

  private void record(KmsOperations.Request request, Signature.Signer signer, boolean accepted) {
    fake.calls.add(
        new FakeAwsKms.Call(
            "kms:" + request.action(),
            request.keyIdOrEmpty(),
            request.context(),
            signer.accessKeyId(),
            signer.region(),
            Instant.now(),
            accepted));
  }

  private void throttle() throws AwsError {
    Instant second = Instant.now().minus(Duration.ofSeconds(1));
    long recent = fake.calls.stream().filter(c -> c.accepted() && c.at().isAfter(second)).count();
    if (fake.callsPerSecond > 0 && recent >= fake.callsPerSecond) {
      throw new AwsError("ThrottlingException", "Rate exceeded");
    }
  }

  private void permit(Signature.Signer signer, KmsOperations.Request request) throws AwsError {
    String revoked = fake.revoked.get(signer.accessKeyId());
    if (revoked != null) {
      throw new AwsError(revoked, "The security token included in the request is expired");
    }
    String action = "kms:" + request.action();
    Set<String> allowed = fake.allowed.get(signer.accessKeyId());
    if (allowed != null && !allowed.contains(action)) {
      throw new AwsError(
          "AccessDeniedException",
          "User: arn:aws:sts::111122223333:assumed-role/bulla/bulla is not authorized to perform: "
              + action
              + " on resource: "
              + request.keyId());
    }
    boolean here = signer.region().contains(fake.faultyRegion);
    if (here
        && fake.faults.get() > 0
        && fake.fault instanceof AwsFault.Answer(String code, int status)) {
      var _ = fake.nextFault();
      throw new AwsError(code, status, "a message with " + request.keyId() + " in it");
    }
  }

  private void sendFaulty(HttpExchange exchange, Map<String, Object> answer) throws IOException {
    AwsFault fault = fake.nextFault();
    switch (fault) {
      case AwsFault.WrongKeyId _ -> answer.put("KeyId", fake.createKey());
      case AwsFault.WrongPlaintext _ -> answer.computeIfPresent("Plaintext", (_, p) -> changed(p));
      case AwsFault.ShortPlaintext(int bytes) ->
          answer.computeIfPresent("Plaintext", (_, _) -> base64(new byte[bytes]));
      case AwsFault.Without(String field) -> answer.remove(field);
      case null, default -> {}
    }
    byte[] body = Json.write(answer).getBytes(StandardCharsets.UTF_8);
    if (fault instanceof AwsFault.Truncated) {
      sendHalf(exchange, body);
    } else {
      send(exchange, 200, TYPE, new String(body, StandardCharsets.UTF_8));
    }
  }

  private static Object changed(Object plaintext) {
    byte[] bytes = Base64.getDecoder().decode(String.valueOf(plaintext));
    bytes[0] ^= 1;
    return base64(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private void sendHalf(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", TYPE);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(Arrays.copyOf(body, body.length / 2));
    } catch (IOException _) {
      // The server notices that bytes are missing and drops the connection, which is the point.
    }
  }

  private void sts(HttpExchange exchange, byte[] body) throws IOException {
    try {
      Map<String, String> form = StsOperations.form(new String(body, StandardCharsets.UTF_8));
      if ("AssumeRole".equals(form.get("Action"))) {
        var _ =
            Signature.verify(
                exchange.getRequestURI(),
                exchange.getRequestHeaders(),
                body,
                "sts",
                fake.secrets::get);
      }
      StsOperations.Session session = fake.sts.answer(form);
      fake.secrets.put(session.accessKeyId(), session.secret());
      send(exchange, 200, "text/xml", session.xml());
    } catch (AwsError e) {
      String xml =
          "<ErrorResponse><Error><Type>Sender</Type><Code>"
              + e.code()
              + "</Code><Message>"
              + e.text()
              + "</Message></Error><RequestId>r</RequestId></ErrorResponse>";
      send(exchange, e.status(), "text/xml", xml);
    }
  }

  private static void send(HttpExchange exchange, AwsError e) throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("__type", e.code());
    body.put("message", e.text());
    send(exchange, e.status(), TYPE, Json.write(body));
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
