// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real kube-apiserver with the flags and the files of {@code bulla render}, through the steps
 * of the guides: readers, writers, sealed, and back. Only the folders are others than on a node.
 */
final class RenderedTest {
  private static final String SEALED = "k8s:enc:kms:v2:bulla:";

  /** The API server looks at its file once a minute. */
  private static final Duration RELOAD = Duration.ofSeconds(150);

  private Path folder;
  private Path rendered;
  private ControlPlane cluster;
  private BullaProcess bulla;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("br");
    rendered = folder.resolve("rendered");
    cluster = new ControlPlane(folder);
    bulla = new BullaProcess(folder);
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private void render(String distribution) throws Exception {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            "distribution: %s\nscope: e2e\nvault: { address: \"https://127.0.0.1:8200\", key: bulla }\n"
                .formatted(distribution));
    Process render =
        new ProcessBuilder(
                PluginSite.launcher(), "render", values.toString(), "--out", rendered.toString())
            .inheritIO()
            .start();
    assertThat(render.waitFor()).isZero();
  }

  /** The flags in a file of a distribution: in each of the two forms, name and value. */
  private List<String> flags(String file, Pattern form) throws IOException {
    List<String> flags =
        Files.readAllLines(rendered.resolve(file)).stream()
            .map(form::matcher)
            .filter(Matcher::matches)
            .map(match -> "--" + match.group(1) + "=" + onThisHost(match.group(2)))
            .toList();
    assertThat(flags).hasSize(2);
    return flags;
  }

  private String onThisHost(String value) {
    return value.endsWith("/encryption.yaml") ? encryption().toString() : value;
  }

  private Path encryption() {
    return folder.resolve("encryption.yaml");
  }

  private void step(String file) throws IOException {
    String text =
        Files.readString(rendered.resolve(file))
            .replace("unix:///var/run/bulla/kms.sock", bulla.endpoint());
    assertThat(text).contains(bulla.endpoint());
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(next, encryption(), StandardCopyOption.ATOMIC_MOVE);
  }

  private boolean isSealed(String name) throws Exception {
    return cluster.stored("secrets/default/" + name).startsWith(SEALED);
  }

  private void restartApiServer(List<String> flags) throws Exception {
    cluster.killApiServer();
    cluster.launch(flags);
    cluster.awaitReady();
  }

  @ParameterizedTest
  @CsvSource({
    "kubeadm, kubeadm.yaml, '    - [{] name: (encryption-[a-z-]+), value: \"?([^ \"]+)\"? [}]'",
    "k3s, k3s.yaml, '  - (encryption-[a-z-]+)=(.+)'"
  })
  void steps_sealEverythingAndOpenItAgain(String distribution, String file, String form)
      throws Exception {
    render(distribution);
    List<String> flags = flags(file, Pattern.compile(form));
    step("encryption-1-readers.yaml");
    try (Daemon plugin = bulla.start()) {
      cluster.launch(flags);
      cluster.awaitReady();
      assertThat(cluster.createSecret("one", "first")).isEqualTo(201);
      assertThat(isSealed("one")).as("a reader seals nothing").isFalse();

      step("encryption-2-writers.yaml");
      Eventually.until(
          "the new file counts",
          RELOAD,
          () -> cluster.replaceSecret("one", "first") == 200 && isSealed("one"));

      // What follows by a restart: the API server looks at its file once a minute only.
      step("encryption-3-sealed.yaml");
      restartApiServer(flags);
      assertThat(cluster.secret("one")).isEqualTo("first");
      assertThat(cluster.createSecret("two", "second")).isEqualTo(201);
      assertThat(isSealed("two")).isTrue();

      step("encryption-1-readers.yaml");
      restartApiServer(flags);
      assertThat(cluster.replaceSecret("one", "first")).isEqualTo(200);
      assertThat(isSealed("one")).isFalse();
      assertThat(cluster.secret("two")).isEqualTo("second");
      assertThat(plugin.isAlive()).isTrue();
    }
  }
}
