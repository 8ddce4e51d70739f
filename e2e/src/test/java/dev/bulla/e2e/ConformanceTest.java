// SPDX-License-Identifier: Apache-2.0
package dev.bulla.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.client.KmsClient;
import dev.bulla.proto.v2.EncryptResponse;
import dev.bulla.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Programs in another language judge the packaged plugin and its format; and what it takes of the host. */
final class ConformanceTest {
  private static String run(String part, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("bulla.parts", ""), part).toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void goldenVectors_openInAnIndependentReader() throws Exception {
    String vectors = System.getProperty("bulla.vectors", "");
    assertThat(run("bulla-reader", vectors)).endsWith("6 passed, 0 failed\n");
  }

  @Test
  void manifests_areAcceptedByTheRealTypes() throws Exception {
    String deploy = System.getProperty("bulla.deploy", "");
    assertThat(
            run(
                "bulla-manifests",
                deploy + "/encryption-configuration.yaml",
                deploy + "/static-pod/bulla.yaml"))
        .endsWith("2 passed, 0 failed\n");
  }

  @Test
  void plugin_satisfiesKubeApiServersOwnClientAndStaysSmall() throws Exception {
    Path folder = Files.createTempDirectory("bc");
    BullaProcess bulla = new BullaProcess(folder);
    long begin = Ticker.system().nanos();
    try (Daemon plugin = bulla.launch()) {
      Eventually.until(
          "the socket is there", Duration.ofSeconds(5), () -> Files.exists(bulla.socket()));
      Duration listening = Duration.ofNanos(Ticker.system().nanos() - begin);
      Eventually.until("ready", Duration.ofSeconds(20), () -> plugin.log().contains("serving"));
      try (KmsClient client = bulla.client()) {
        Eventually.until("ok", Duration.ofSeconds(20), () -> isOk(client));
        assertThat(run("bulla-conformance", "--socket", bulla.endpoint())).contains(" 0 failed");
        EncryptResponse sealed = client.encrypt(new byte[32]);
        for (int i = 0; i < 100_000; i++) {
          var _ = client.decrypt(sealed);
        }
      }
      long kilobytes = residentKilobytes(plugin.pid());
      System.out.println(
          "socket there after " + listening.toMillis() + " ms; " + kilobytes / 1024 + " MB after 100,000 calls");
      assertThat(listening).isLessThan(Duration.ofSeconds(1));
      assertThat(kilobytes).isLessThan(130 * 1024);
    } finally {
      try (var files = Files.walk(folder)) {
        for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private static boolean isOk(KmsClient client) {
    try {
      return client.status().getHealthz().equals("ok");
    } catch (io.grpc.StatusRuntimeException _) {
      return false;
    }
  }

  private static long residentKilobytes(long pid) throws Exception {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
