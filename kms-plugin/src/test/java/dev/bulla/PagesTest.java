// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages promise tests by name: each must exist, and each link lead somewhere. */
final class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*Test)(?:\\.(\\w+))?`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
  private static final List<String> MODULES = List.of("proto", "kek-backends", "kms-plugin", "e2e");

  private static Map<String, Path> tests() throws IOException {
    Map<String, Path> tests = new HashMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files
            .filter(file -> file.toString().endsWith("Test.java"))
            .forEach(file -> tests.put(name(file), file));
      }
    }
    return tests;
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - ".java".length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/security.md", "docs/operate.md"})
  void everyTestThatIsNamed_exists(String page) throws IOException {
    Map<String, Path> tests = tests();
    List<MatchResult> names = NAME.matcher(Files.readString(ROOT.resolve(page))).results().toList();
    assertThat(names).hasSizeGreaterThan(30);
    for (MatchResult name : names) {
      Path test = tests.get(name.group(1));
      assertThat(test).as(name.group()).isNotNull();
      if (name.group(2) != null) {
        assertThat(Files.readString(test).contains("void " + name.group(2) + "("))
            .as(name.group())
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/security.md",
        "docs/operate.md",
        "docs/aws.md",
        "docs/vault.md",
        "docs/decisions.md",
        "docs/migrate.md",
        "docs/compatibility.md",
        "docs/verify-release.md",
        "docs/install/kubeadm.md",
        "docs/install/systemd.md",
        "docs/install/k3s.md",
        "docs/install/rke2.md",
        "docs/install/talos.md",
        "docs/install/kops.md",
        "docs/install/capi.md"
      })
  void everyLink_leadsToAFile(String page) throws IOException {
    Path file = ROOT.resolve(page);
    for (MatchResult link : LINK.matcher(Files.readString(file)).results().toList()) {
      assertThat(file.resolveSibling(link.group(1))).as(link.group()).exists();
    }
  }
}
