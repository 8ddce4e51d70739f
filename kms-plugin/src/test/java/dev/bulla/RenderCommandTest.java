// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.config.ConfigurationReader;
import dev.bulla.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bulla render} writes, read back by what will read it. */
final class RenderCommandTest {
  private static final String VAULT =
      "vault: { address: \"https://vault.example:8200\", key: bulla }";
  private static final String AWS =
      "aws: { keyArn: \"arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\" }";

  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private ExitCode render(String kek) throws Exception {
    Path values = folder.resolve("values.yaml");
    Files.writeString(values, "distribution: kubeadm\nscope: prod-eu1\n" + kek + "\n");
    PrintStream stream = new PrintStream(printed, true, UTF_8);
    LogOutput log =
        new LogOutput(OutputStream.nullOutputStream(), false, Ticker.system(), Duration.ZERO);
    return new Main(stream, stream, log, NoHardening::apply)
        .run("render", values.toString(), "--out", folder.resolve("out").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {VAULT, AWS})
  void configuration_isReadBackByItsOwnReader(String kek) throws Exception {
    assertThat(render(kek)).isEqualTo(ExitCode.OK);
    assertThat(ConfigurationReader.read(Files.readAllBytes(folder.resolve("out/bulla.yaml"))))
        .isInstanceOfSatisfying(
            ConfigurationReader.Result.Good.class,
            good ->
                assertThat(good.configuration().socket().address().endpoint())
                    .isEqualTo("unix:///var/run/bulla/kms.sock"));
    assertThat(printed.toString(UTF_8)).contains("bulla-pod.yaml", "tmpfiles.d");
  }

  @Test
  void filesThatAreThere_areNotTouched() throws Exception {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.writeString(out.resolve("bulla.yaml"), "mine");
    assertThat(render(VAULT)).isEqualTo(ExitCode.USAGE);
    assertThat(Files.readString(out.resolve("bulla.yaml"))).isEqualTo("mine");
    assertThat(out.toFile().list()).containsExactly("bulla.yaml");
  }

  private static List<String> withoutComments(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
        .toList();
  }

  @Test
  void podAndPolicy_areThoseThatAreShipped() throws Exception {
    assertThat(render(VAULT)).isEqualTo(ExitCode.OK);
    Path out = folder.resolve("out");
    Path deploy = Path.of("../deploy");
    assertThat(withoutComments(out.resolve("bulla-pod.yaml")))
        .isEqualTo(
            withoutComments(deploy.resolve("static-pod/bulla.yaml")).stream()
                // Only a packaged program knows its version.
                .map(line -> line.replaceFirst("localhost/bulla:.*", "localhost/bulla:latest"))
                .toList());
    assertThat(withoutComments(out.resolve("vault-policy.hcl")))
        .isEqualTo(
            withoutComments(deploy.resolve("vault/policy.hcl")).stream()
                .map(line -> line.replace("MOUNT/", "transit/").replace("/KEY", "/bulla"))
                .toList());
  }
}
