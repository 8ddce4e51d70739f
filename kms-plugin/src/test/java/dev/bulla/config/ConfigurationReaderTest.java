// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.bulla.envelope.DekLimits;
import dev.bulla.envelope.RecoveryPolicy;
import dev.bulla.health.OutageLimits;
import dev.bulla.settings.Problem;
import dev.bulla.socket.SocketAddressSpec;
import dev.bulla.socket.SocketSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Good configurations, their defaults, and input that is none. */
final class ConfigurationReaderTest {
  private static final String LEAST =
      """
      scope: prod-eu1
      socket: { path: /var/run/bulla/kms.sock }
      keks:
        - { name: primary, role: write, local: { keyFile: /etc/bulla/kek } }
      """;

  private static ConfigurationReader.Result read(String text) {
    return ConfigurationReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Configuration good(String text) {
    return switch (read(text)) {
      case ConfigurationReader.Result.Good good -> good.configuration();
      case ConfigurationReader.Result.Bad bad -> throw new AssertionError(bad.problems());
    };
  }

  @Test
  void least_hasTheDefaults() {
    Configuration configuration = good(LEAST);
    assertThat(configuration.scope()).isEqualTo("prod-eu1");
    assertThat(configuration.dek()).isEqualTo(DekLimits.DEFAULT);
    assertThat(configuration.outage()).isEqualTo(OutageLimits.DEFAULT);
    assertThat(configuration.recovery()).isEqualTo(RecoveryPolicy.DEFAULT);
    assertThat(configuration.rotation())
        .isEqualTo(new Configuration.Rotation(Duration.ofMinutes(5), 1));
    assertThat(configuration.journal()).isEmpty();
    assertThat(configuration.notices()).isEmpty();
    SocketSettings socket = configuration.socket();
    assertThat(socket.address())
        .isEqualTo(new SocketAddressSpec.File(Path.of("/var/run/bulla/kms.sock")));
    assertThat(PosixFilePermissions.toString(socket.mode())).isEqualTo("rw-rw----");
    assertThat(socket.group()).isEmpty();
    assertThat(socket.allowedUids()).containsExactly(0L);
    assertThat(socket.whenBusy()).isEqualTo(SocketSettings.WhenBusy.WAIT);
  }

  @Test
  void readmesExample_isReadAndHasTheDefaults() throws IOException {
    String page = Files.readString(Path.of("../README.md"));
    int from = page.indexOf("```yaml\n") + "```yaml\n".length();
    Configuration shown = good(page.substring(from, page.indexOf("```", from)));
    Configuration least = good(LEAST);
    assertThat(shown.keks()).hasSize(1);
    assertThat(shown.dek()).isEqualTo(least.dek());
    assertThat(shown.outage()).isEqualTo(least.outage());
    assertThat(shown.recovery()).isEqualTo(least.recovery());
    assertThat(shown.rotation()).isEqualTo(least.rotation());
    assertThat(shown.logFormat()).isEqualTo(least.logFormat());
    assertThat(shown.journal()).isPresent();
    assertThat(shown.ops()).isPresent();
    assertThat(shown.audit()).isPresent();
  }

  @Test
  void full_isRead() {
    Configuration configuration =
        good(
            LEAST.replace(
                    "kms.sock }",
                    "kms.sock, mode: \"0600\", group: root, allowedUids: [0, 65532], whenBusy: fail }")
                + """
                dek: { maxAge: 90m, maxSeals: 1000 }
                outage: { encryptFor: 10m, decryptFor: 2h, revokedFor: 1m }
                rotation: { delay: 3m, generation: 7 }
                recovery: { whenAway: require, after: 2h }
                journal: { path: /var/lib/bulla/journal }
                ops: { address: 127.0.0.1:9808 }
                """);
    assertThat(configuration.dek()).isEqualTo(new DekLimits(Duration.ofMinutes(90), 1000));
    assertThat(configuration.outage())
        .isEqualTo(
            new OutageLimits(Duration.ofMinutes(10), Duration.ofHours(2), Duration.ofMinutes(1)));
    assertThat(configuration.rotation())
        .isEqualTo(new Configuration.Rotation(Duration.ofMinutes(3), 7));
    assertThat(configuration.recovery()).isEqualTo(new RecoveryPolicy(true, Duration.ofHours(2)));
    assertThat(configuration.journal()).contains(Path.of("/var/lib/bulla/journal"));
    assertThat(configuration.ops())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9808));
    assertThat(configuration.notices()).isEmpty();
    assertThat(PosixFilePermissions.toString(configuration.socket().mode())).isEqualTo("rw-------");
    assertThat(configuration.socket().whenBusy()).isEqualTo(SocketSettings.WhenBusy.FAIL);
  }

  @Test
  void opsPortForOtherHosts_mustBeAllowed() {
    assertThat(good(LEAST + "ops: { address: \"[::1]:9808\" }").notices()).isEmpty();
    assertThat(good(LEAST + "ops: { address: localhost:9808 }").notices()).isEmpty();
    assertThat(good(LEAST + "ops: { address: 0.0.0.0:9808, allowRemote: true }").notices())
        .hasSize(1);
    for (String bad :
        List.of(
            "0.0.0.0:9808",
            "10.0.0.1:9808",
            "127.0.0.1",
            "127.0.0.1:0",
            "host:9808",
            "999.0.0.1:1",
            "127.0.0.1:65536",
            "[1.2]:3")) {
      assertThat(read(LEAST + "ops: { address: \"" + bad + "\" }"))
          .isInstanceOfSatisfying(
              ConfigurationReader.Result.Bad.class,
              wrong -> assertThat(wrong.problems().getFirst().key()).isEqualTo("ops.address"));
    }
  }

  @Test
  void nesting_thatWouldEndAStack_isAProblem() {
    String deep = "scope: " + "[".repeat(10_000);
    assertThat(read(deep))
        .isInstanceOfSatisfying(
            ConfigurationReader.Result.Bad.class,
            bad -> assertThat(bad.problems().getFirst().message()).contains("nested"));
  }

  @FuzzTest(maxDuration = "30s")
  void read_ofAnything_endsWithAConfigurationOrProblems(byte[] data) {
    if (ConfigurationReader.read(data) instanceof ConfigurationReader.Result.Bad bad) {
      assertThat(bad.problems()).isNotEmpty();
      for (Problem problem : bad.problems()) {
        assertThat(problem.position().line()).isPositive();
        assertThat(problem.message()).isNotBlank();
      }
    }
  }
}
