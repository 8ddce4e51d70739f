// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/** A real OpenBao with TLS on a loopback port, and its administrator. */
public final class OpenBao implements AutoCloseable {
  private static final Duration START_TIME = Duration.ofSeconds(30);

  private final BaoConfiguration configuration;
  private final Path program;
  private final HttpClient http;
  private Process process;
  private String rootToken = "";
  private String unsealKey = "";

  private OpenBao(BaoConfiguration configuration, Path program, HttpClient http)
      throws IOException {
    this.configuration = configuration;
    this.program = program;
    this.http = http;
    this.process = launch();
  }

  /** Starts it in {@code folder}, unsealed and with a transit engine; or skips the test. */
  public static OpenBao start(Path folder) throws Exception {
    return start(folder, "inmem");
  }

  /** Starts it with a storage that survives {@link #kill()}. */
  static OpenBao startDurable(Path folder) throws Exception {
    return start(folder, "raft");
  }

  private static OpenBao start(Path folder, String storage) throws Exception {
    Path program = program();
    TestCa ca = TestCa.create(folder);
    ca.issue("server", "san=ip:127.0.0.1,dns:localhost");
    OpenBao bao = launched(folder, storage, program, ca);
    try {
      bao.initialise();
      return bao;
    } catch (Exception e) {
      bao.close();
      throw e;
    }
  }

  /** Starts another node of its cluster, which has raft. */
  OpenBao join(Path own) throws Exception {
    OpenBao node = launched(own, "raft", program, ca());
    try {
      joined(node);
      return node;
    } catch (Exception e) {
      node.close();
      throw e;
    }
  }

  private void joined(OpenBao node) throws Exception {
    node.awaitStatus(501);
    String certificate = Files.readString(ca().certificate()).replace("\n", "\\n");
    var _ =
        node.post(
            "sys/storage/raft/join",
            "{\"leader_api_addr\":\"%s\",\"leader_ca_cert\":\"%s\"}"
                .formatted(address(), certificate));
    node.rootToken = rootToken;
    node.unsealKey = unsealKey;
    node.sendUnsealKey();
    node.awaitStatus(429);
  }

  private static Path program() {
    String program = System.getProperty("bulla.bao", "");
    if (program.isEmpty()) {
      throw new TestAbortedException(
          "-Dbulla.bao=$(e2e/openbao/build.sh) runs this against OpenBao");
    }
    return Path.of(program);
  }

  private static OpenBao launched(Path folder, String storage, Path program, TestCa ca)
      throws Exception {
    BaoConfiguration configuration = BaoConfiguration.onFreePorts(folder, storage, ca);
    configuration.write();
    var network =
        new VaultSettings.Network(
            Optional.of(ca.certificate()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(Tls.context(network))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return new OpenBao(configuration, program, http);
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(program.toString(), "server", "-config=" + configuration.file())
        .redirectErrorStream(true)
        .redirectOutput(configuration.log().toFile())
        .start();
  }

  private void initialise() throws Exception {
    awaitStatus(501);
    String keys = put("sys/init", "{\"secret_shares\":1,\"secret_threshold\":1}");
    try (Json json = Json.parse(keys.getBytes(StandardCharsets.UTF_8)).orElseThrow()) {
      rootToken = json.text("root_token").orElseThrow();
      unsealKey = json.texts("keys_base64").getFirst();
    }
    unseal();
    var _ = post("sys/mounts/transit", "{\"type\":\"transit\"}");
  }

  private void awaitStatus(int status) throws Exception {
    long deadline = System.nanoTime() + START_TIME.toNanos();
    while (process.isAlive() && System.nanoTime() - deadline < 0) {
      try {
        if (request("GET", "sys/health", "", "").statusCode() == status) {
          return;
        }
      } catch (IOException _) {
        // Not listening yet.
      }
      var _ = process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    throw new IllegalStateException(Files.readString(configuration.log()));
  }

  URI address() {
    return URI.create("https://127.0.0.1:" + configuration.port());
  }

  String rootToken() {
    return rootToken;
  }

  TestCa ca() {
    return configuration.ca();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Seals it: it answers, and serves nothing. */
  public void seal() throws Exception {
    var _ = put("sys/seal", "{}");
  }

  /** Returns when it serves again. */
  public void unseal() throws Exception {
    sendUnsealKey();
    awaitStatus(200);
  }

  private void sendUnsealKey() throws Exception {
    var _ = put("sys/unseal", "{\"key\":\"" + unsealKey + "\"}");
  }

  /** Stops it in its tracks: connections are taken, and nothing is answered. */
  void freeze() throws Exception {
    FrozenProcess.freeze(process);
  }

  void thaw() throws Exception {
    FrozenProcess.thaw(process);
  }

  /** Ends it without a farewell. */
  public void kill() throws InterruptedException {
    var _ = process.destroyForcibly().waitFor();
  }

  /** Starts it again, sealed no longer. */
  void restart() throws Exception {
    process = launch();
    awaitStatus(503);
    unseal();
  }

  /** Asks as the administrator; fails unless that succeeds. */
  public String post(String path, String json) throws Exception {
    return checked(request("POST", path, json, ""));
  }

  /** Asks as the administrator in a namespace. */
  String postIn(String namespace, String path, String json) throws Exception {
    return checked(request("POST", path, json, namespace));
  }

  /** Asks as the administrator for an answer that is wrapped in a token for two minutes. */
  String postWrapped(String path, String json) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address() + "/v1/" + path))
            .header("X-Vault-Token", rootToken)
            .header("X-Vault-Wrap-TTL", "120s")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    return checked(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  String put(String path, String json) throws Exception {
    return checked(request("PUT", path, json, ""));
  }

  String get(String path) throws Exception {
    return checked(request("GET", path, "", ""));
  }

  void delete(String path) throws Exception {
    var _ = checked(request("DELETE", path, "", ""));
  }

  /** Takes every token back that an AppRole gave. */
  public void revokeTokens() throws Exception {
    var _ = put("sys/leases/revoke-prefix/auth/approle/login", "{}");
  }

  /** Returns how many logins there were whose tokens live. */
  public long logins() throws Exception {
    String answer = request("LIST", "auth/token/accessors", "", "").body();
    try (Json json = Json.parse(answer.getBytes(StandardCharsets.UTF_8)).orElseThrow()) {
      // One of them is the administrator's.
      return json.texts("data", "keys").size() - 1L;
    }
  }

  /** Returns one text of an answer. */
  static String text(String answer, String... at) {
    try (Json json = Json.parse(answer.getBytes(StandardCharsets.UTF_8)).orElseThrow()) {
      return json.text(at).orElseThrow();
    }
  }

  private static String checked(HttpResponse<String> response) {
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  HttpResponse<String> request(String method, String path, String json, String namespace)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + "/v1/" + path))
            .timeout(START_TIME)
            .method(
                method,
                json.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    if (!rootToken.isEmpty()) {
      request.header("X-Vault-Token", rootToken);
    }
    if (!namespace.isEmpty()) {
      request.header("X-Vault-Namespace", namespace);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.shutdownNow();
    var _ = process.destroyForcibly();
  }
}
