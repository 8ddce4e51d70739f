// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A control plane whose Secrets go through the packaged plugin, in a folder that ends with it. */
final class Site implements AutoCloseable {
  private final Path folder;
  private final ControlPlane cluster;
  private @Nullable BullaProcess bulla;
  private @Nullable Daemon plugin;

  private Site(Path folder, ControlPlane cluster) {
    this.folder = folder;
    this.cluster = cluster;
  }

  static Site open() throws Exception {
    Path folder = folder(0);
    return new Site(folder, new ControlPlane(folder));
  }

  /** Another node of the same cluster: an API server and a plugin of its own, on the same etcd. */
  Site another() throws Exception {
    Path folder = folder(1);
    return new Site(folder, cluster.another(folder));
  }

  // Short: a socket's path has at most 107 bytes.
  private static Path folder(int node) throws IOException {
    return Files.createTempDirectory("be" + node);
  }

  /** What a fault does to the KEK's service. */
  @FunctionalInterface
  interface Event {
    void happen() throws Exception;
  }

  Path folder() {
    return folder;
  }

  ControlPlane cluster() {
    return cluster;
  }

  /** Starts the plugin on the KEK that {@code block} describes, and the API server. */
  void serve(String block) throws Exception {
    serve(List.of("name: primary, role: write, " + block), "");
  }

  /** Starts the plugin on entries of {@code keks} and the lines that follow, and the API server. */
  void serve(List<String> keks, String rest) throws Exception {
    BullaProcess process = new BullaProcess(folder);
    bulla = process;
    process.configure(keks, rest);
    cluster.encrypt(process.endpoint(), List.of(List.of("secrets")));
    plugin = process.start();
    cluster.launch();
    cluster.awaitReady();
  }

  /** Changes the configuration; it counts from the plugin's next start. */
  void configure(List<String> keks, String rest) throws Exception {
    bulla().configure(keks, rest);
  }

  private BullaProcess bulla() {
    return Objects.requireNonNull(bulla, "serve() comes first");
  }

  Daemon plugin() {
    return Objects.requireNonNull(plugin, "serve() comes first");
  }

  KmsClient client() {
    return bulla().client();
  }

  String socket() {
    return bulla().socket().toString();
  }

  String keyId() {
    try (KmsClient client = client()) {
      return client.status().getKeyId();
    }
  }

  void restartPlugin() throws Exception {
    assertThat(plugin().stop()).isZero();
    plugin = bulla().start();
  }

  /** Restarts the plugin without waiting for it to be ready. */
  void relaunchPlugin() throws Exception {
    assertThat(plugin().stop()).isZero();
    plugin = bulla().launch();
  }

  /** Restarts the API server: it has forgotten its seeds, so each is asked of the plugin. */
  void restartApiServer() throws Exception {
    relaunchApiServer();
    cluster.awaitReady();
  }

  /** Restarts the API server where it cannot get ready, for Secrets that do not open. */
  void relaunchApiServer() throws Exception {
    cluster.killApiServer();
    cluster.launch();
    cluster.awaitAnswer();
  }

  /** Secrets stay readable over a rotation, restarts of both, and an outage. */
  void assertSurvives(Event rotation, Event outage) throws Exception {
    assertThat(cluster.createSecret("before", "one")).isEqualTo(201);
    assertThat(cluster.stored("secrets/default/before")).startsWith("k8s:enc:kms:v2:bulla:");
    rotation.happen();
    restartPlugin();
    assertThat(cluster.createSecret("after", "two")).isEqualTo(201);
    restartApiServer();
    assertThat(cluster.secret("before")).isEqualTo("one");
    assertThat(cluster.secret("after")).isEqualTo("two");
    outage.happen();
    restartApiServer();
    assertThat(cluster.secret("before")).isEqualTo("one");
    assertThat(cluster.createSecret("outage", "three")).isEqualTo(201);
  }

  @Override
  public void close() throws IOException {
    if (plugin != null) {
      plugin.close();
    }
    cluster.close();
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
