// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.vault.fake.FakeTransit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What is deployed names metrics that there are, and each alert is tested and described. */
final class DeployedMetricsTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path RULES = TOP.resolve("deploy/prometheus/bulla-alerts.yaml");
  private static final Path RULE_TESTS = TOP.resolve("deploy/prometheus/bulla-alerts.test.yaml");
  private static final Path DASHBOARD = TOP.resolve("deploy/grafana/bulla.json");
  private static final Pattern METRIC = Pattern.compile("\\b(?:bulla|process|jvm)_[a-z_]+\\b");
  private static final Pattern ALERT = Pattern.compile("(?:alert|name): (Bulla[A-Za-z]+)");

  @TempDir private Path folder;

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.groupCount() > 0 ? match.group(1) : match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A scrape of a plugin that has everything that can be told: a journal, and a token. */
  private String scrape() throws Exception {
    HttpGet ops = HttpGet.anyPort();
    try (FakeTransit fake = FakeTransit.start()) {
      fake.createKey("prod", 1_790_000_000L);
      String kek = RunningPlugin.kek(fake, folder);
      String journal = "journal: { path: %s }".formatted(folder.resolve("journal"));
      try (RunningPlugin plugin = RunningPlugin.start(kek, journal + "\n" + ops.line(), folder)) {
        assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
        return ops.await("/metrics", 200).body();
      }
    }
  }

  @Test
  void everyMetricInRulesAndDashboard_isInAScrape() throws Exception {
    Set<String> there =
        scrape()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("[{ ]", 2)[0])
            .collect(Collectors.toSet());
    Set<String> wanted = found(METRIC, Files.readString(RULES) + Files.readString(DASHBOARD));
    assertThat(wanted).hasSizeGreaterThan(20);
    assertThat(there).containsAll(wanted);
  }

  @Test
  void everyAlert_isTestedAndDescribed() throws IOException {
    Set<String> alerts = found(ALERT, Files.readString(RULES));
    assertThat(alerts).hasSizeGreaterThan(15);
    assertThat(found(ALERT, Files.readString(RULE_TESTS))).isEqualTo(alerts);
    String guide = Files.readString(TOP.resolve("docs/operate.md"));
    for (String alert : alerts) {
      assertThat(guide).contains("`" + alert + "`");
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "bulla.promtool", matches = ".+")
  void eachAlert_firesAndClears() throws Exception {
    Process promtool =
        new ProcessBuilder(
                System.getProperty("bulla.promtool"), "test", "rules", RULE_TESTS.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(output).isZero();
  }
}
