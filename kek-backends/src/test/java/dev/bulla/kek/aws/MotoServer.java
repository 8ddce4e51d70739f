// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/** A real moto process on a loopback port. */
public final class MotoServer implements AutoCloseable {
  private static final Pattern ARN = Pattern.compile("\"Arn\": \"(arn:aws:kms:[^\"]+)\"");
  private static final Duration START_TIME = Duration.ofSeconds(30);

  private final Process process;
  private final URI endpoint;
  private final HttpClient http = HttpClient.newHttpClient();

  private MotoServer(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /** Starts it, or skips the test where {@code -Dbulla.moto} names no program. */
  public static MotoServer start() throws IOException, InterruptedException {
    String program = System.getProperty("bulla.moto", "");
    if (program.isEmpty()) {
      throw new TestAbortedException("-Dbulla.moto=$(e2e/moto/build.sh) runs this against moto");
    }
    int port = freePort();
    Process process =
        new ProcessBuilder(program, "-H", "127.0.0.1", "-p", String.valueOf(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    MotoServer server = new MotoServer(process, URI.create("http://127.0.0.1:" + port));
    server.awaitAnswer();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws InterruptedException {
    long deadline = System.nanoTime() + START_TIME.toNanos();
    while (process.isAlive() && System.nanoTime() - deadline < 0) {
      try {
        var _ = call("ListKeys", "{}");
        return;
      } catch (IOException _) {
        var _ = process.waitFor(Duration.ofMillis(50));
      }
    }
    throw new IllegalStateException("moto did not start");
  }

  /** Returns where it answers. */
  public URI endpoint() {
    return endpoint;
  }

  /** Makes an unsigned call; moto verifies no signature. */
  public String call(String action, String json) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .header("X-Amz-Target", "TrentService." + action)
            .header("Content-Type", "application/x-amz-json-1.1")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/kms/aws4_request,"
                    + " SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Makes a key in eu-central-1 and returns its ARN. */
  public String createKey() throws IOException, InterruptedException {
    String answer = call("CreateKey", "{}");
    Matcher m = ARN.matcher(answer);
    if (!m.find()) {
      throw new IllegalStateException("moto made no key: " + answer);
    }
    return m.group(1);
  }

  @Override
  public void close() {
    http.close();
    process.destroy();
  }
}
