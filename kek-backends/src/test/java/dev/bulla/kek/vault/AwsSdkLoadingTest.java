// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody pays for the AWS SDK who does not log in with it. */
final class AwsSdkLoadingTest {
  private static final String AWS_IAM = "awsIam: { role: r, credentials: { environment: {} } }";

  @TempDir private Path folder;

  /** Returns how many classes of the SDK another process loads that opens such a KEK. */
  private long loaded(String auth, String... login) throws Exception {
    Path yaml = folder.resolve("vault.yaml");
    Path log = folder.resolve("classes");
    Files.writeString(
        yaml,
        "address: http://127.0.0.1:1\nallowPlainHttp: true\nkey: k\nauth: { " + auth + " }\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("java.class.path"),
                OpensAwsIam.class.getName(),
                yaml.toString()));
    command.addAll(List.of(login));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).isZero();
    List<String> classes = Files.readAllLines(log);
    assertThat(classes).anyMatch(line -> line.contains(VaultKek.class.getName()));
    return classes.stream().filter(line -> line.contains("software.amazon.awssdk")).count();
  }

  @Test
  void anotherLogin_loadsNoneOfIt() throws Exception {
    assertThat(loaded("tokenFile: /nowhere/token", "log in")).isZero();
  }

  @Test
  void awsIam_loadsItAtTheFirstLogin() throws Exception {
    assertThat(loaded(AWS_IAM)).isZero();
    assertThat(loaded(AWS_IAM, "log in")).isPositive();
  }
}
