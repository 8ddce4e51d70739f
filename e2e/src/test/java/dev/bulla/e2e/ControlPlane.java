// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A real etcd and a real kube-apiserver on loopback, with what they store in a folder. */
final class ControlPlane implements AutoCloseable {
  private static final String TOKEN =
      "e2e-" + Long.toHexString(new java.security.SecureRandom().nextLong());

  private final Path folder;
  private final Path parts;
  private final int etcdPort;
  private final int apiPort;
  private final @Nullable Daemon etcd;
  private @Nullable Daemon apiServer;
  private @Nullable HttpClient http;

  ControlPlane(Path folder) throws Exception {
    this.folder = folder;
    this.parts = Path.of(System.getProperty("bulla.parts", ""));
    this.apiPort = freePort();
    this.etcdPort = otherPortThan(apiPort);
    writeKeys();
    String url = "http://127.0.0.1:" + etcdPort;
    this.etcd =
        Daemon.start(
            folder.resolve("etcd.log"),
            List.of(
                parts.resolve("etcd").toString(),
                "--name=e2e",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=unix://" + folder.resolve("peer") + ":0",
                "--initial-advertise-peer-urls=http://127.0.0.1:1",
                "--initial-cluster=e2e=http://127.0.0.1:1",
                "--unsafe-no-fsync",
                "--log-level=warn"));
  }

  private ControlPlane(Path folder, ControlPlane first) throws IOException {
    this.folder = folder;
    this.parts = first.parts;
    this.apiPort = otherPortThan(first.apiPort);
    this.etcdPort = first.etcdPort;
    this.etcd = null;
    for (String shared : List.of("sa.key", "tokens.csv")) {
      Files.copy(first.folder.resolve(shared), folder.resolve(shared));
    }
  }

  /** Another API server on the same etcd, with its files in {@code other}. */
  ControlPlane another(Path other) throws IOException {
    return new ControlPlane(other, this);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // A port that nothing holds yet may be given a second time.
  private static int otherPortThan(int taken) {
    int port = freePort();
    return port == taken ? otherPortThan(taken) : port;
  }

  private void writeKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
    Files.writeString(
        folder.resolve("sa.key"),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
            + "\n-----END PRIVATE KEY-----\n");
    Files.writeString(folder.resolve("tokens.csv"), TOKEN + ",admin,admin-uid,system:masters\n");
  }

  /** Writes the EncryptionConfiguration: one provider entry for each group of resources. */
  void encrypt(String endpoint, List<List<String>> groups) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n");
    for (int i = 0; i < groups.size(); i++) {
      text.append(
          """
            - resources: [%s]
              providers:
                - kms: { apiVersion: v2, name: bulla%s, endpoint: "%s", timeout: 3s }
                - identity: {}
          """
              .formatted(
                  String.join(", ", groups.get(i).stream().map(r -> "\"" + r + "\"").toList()),
                  i == 0 ? "" : i,
                  endpoint));
    }
    encrypt(text.toString());
  }

  /** Writes a whole EncryptionConfiguration, which the API server reads again by itself. */
  void encrypt(String text) throws IOException {
    Path next = folder.resolve("enc.yaml.next");
    Files.writeString(next, text);
    Files.move(next, folder.resolve("enc.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts the API server without waiting. */
  void launch() throws IOException {
    launch(
        List.of(
            "--encryption-provider-config=" + folder.resolve("enc.yaml"),
            "--encryption-provider-config-automatic-reload=true"));
  }

  /** Starts it with those flags for encryption instead. */
  void launch(List<String> encryption) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                parts.resolve("kube-apiserver").toString(),
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--cert-dir=" + folder.resolve("certs"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + folder.resolve("sa.key"),
                "--service-account-signing-key-file=" + folder.resolve("sa.key"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.0.0.0/24",
                "-v=2"));
    command.addAll(encryption);
    apiServer = Daemon.start(folder.resolve("apiserver.log"), command);
  }

  /** Waits until it answers, ready or not: it is not while it cannot read a Secret. */
  void awaitAnswer() throws Exception {
    Eventually.until("kube-apiserver answers", Duration.ofSeconds(60), () -> answers("/version"));
  }

  void awaitReady() throws Exception {
    Eventually.until("kube-apiserver is ready", Duration.ofSeconds(150), this::isReady);
  }

  private boolean isReady() throws Exception {
    return answers("/readyz");
  }

  private boolean answers(String path) throws Exception {
    if (!Objects.requireNonNull(apiServer).isAlive()) {
      throw new AssertionError("kube-apiserver ended: " + apiServer.log());
    }
    if (!Files.exists(folder.resolve("certs/apiserver.crt"))) {
      return false;
    }
    try {
      return call("GET", path, "").statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  void killApiServer() {
    Objects.requireNonNull(apiServer).kill();
  }

  HttpResponse<String> call(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + apiPort + path))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpClient http() throws Exception {
    HttpClient known = http;
    if (known == null) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int i = 0;
      try (var in = Files.newInputStream(folder.resolve("certs/apiserver.crt"))) {
        for (Certificate certificate :
            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("c" + i++, certificate);
        }
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      known = HttpClient.newBuilder().sslContext(tls).connectTimeout(Duration.ofSeconds(2)).build();
      http = known;
    }
    return known;
  }

  int createSecret(String name, String value) throws Exception {
    return call(
            "POST",
            "/api/v1/namespaces/default/secrets",
            "{\"metadata\":{\"name\":\"%s\"},\"stringData\":{\"v\":\"%s\"}}".formatted(name, value))
        .statusCode();
  }

  int replaceSecret(String name, String value) throws Exception {
    return call(
            "PUT",
            "/api/v1/namespaces/default/secrets/" + name,
            "{\"metadata\":{\"name\":\"%s\"},\"stringData\":{\"v\":\"%s\"}}".formatted(name, value))
        .statusCode();
  }

  /** Returns a Secret's value, or the status of the answer if it is not 200. */
  String secret(String name) throws Exception {
    HttpResponse<String> answer = call("GET", "/api/v1/namespaces/default/secrets/" + name, "");
    if (answer.statusCode() != 200) {
      return "status " + answer.statusCode();
    }
    String text = answer.body().replaceAll("(?s).*\"v\":\\s*\"([^\"]*)\".*", "$1");
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  /** Returns what etcd holds under {@code /registry/} and {@code key}, byte for byte as Latin-1. */
  String stored(String key) throws Exception {
    Process process =
        new ProcessBuilder(
                parts.resolve("etcdctl").toString(),
                "--endpoints=http://127.0.0.1:" + etcdPort,
                "get",
                "/registry/" + key,
                "--print-value-only")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    byte[] bytes = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the sum of the metric's lines that contain all of {@code parts}. */
  double metric(String name, String... labels) throws Exception {
    return call("GET", "/metrics", "")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> List.of(labels).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public void close() {
    if (apiServer != null) {
      apiServer.kill();
    }
    if (etcd != null) {
      etcd.kill();
    }
  }
}
