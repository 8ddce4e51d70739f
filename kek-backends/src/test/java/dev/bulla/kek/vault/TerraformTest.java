// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/vault/main.tf} says what {@code setup.sh} does. They are compared, not applied. */
final class TerraformTest {
  private static final Path DEPLOY = Path.of("..", "deploy", "vault");
  private static final Pattern SETTING = Pattern.compile("\\b([a-z_]+)=\"?([^\\s\"]+)");
  private static final Pattern ARGUMENT =
      Pattern.compile("^  ([a-z_]+) += (.+)$", Pattern.MULTILINE);

  private final String terraform;
  private final String setup;

  TerraformTest() throws IOException {
    terraform = Files.readString(DEPLOY.resolve("main.tf"));
    setup = Files.readString(DEPLOY.resolve("setup.sh"));
  }

  /** Returns the arguments of one resource. */
  private Map<String, String> resource(String type) {
    int from = terraform.indexOf("resource \"" + type + "\"");
    assertThat(from).as(type).isNotNegative();
    Map<String, String> arguments = new TreeMap<>();
    Matcher m = ARGUMENT.matcher(terraform.substring(from, terraform.indexOf("\n}\n", from)));
    while (m.find()) {
      arguments.put(m.group(1), m.group(2).replace("\"", ""));
    }
    return arguments;
  }

  /** Returns what the script writes to the path that ends so. */
  private Map<String, String> written(String path) {
    String joined = setup.replace("\\\n", " ");
    String line =
        joined
            .lines()
            .filter(l -> l.contains("write") && l.contains(path))
            .findFirst()
            .orElseThrow();
    Map<String, String> settings = new TreeMap<>();
    Matcher m = SETTING.matcher(line.substring(line.indexOf(path)));
    while (m.find()) {
      settings.put(m.group(1), m.group(2));
    }
    return settings;
  }

  @Test
  void key_isOfTheSameKind_andDeletedByNeither() {
    Map<String, String> key = resource("vault_transit_secret_backend_key");
    assertThat(key).containsAllEntriesOf(written("/keys/$key\" type"));
    assertThat(key).containsAllEntriesOf(written("/keys/$key/config"));
    assertThat(key)
        .containsEntry("exportable", "false")
        .containsEntry("derived", "false")
        .containsEntry("convergent_encryption", "false");
    assertThat(written("/config/keys")).containsExactly(Map.entry("disable_upsert", "true"));
    assertThat(resource("vault_generic_endpoint"))
        .containsEntry("data_json", "jsonencode({ disable_upsert = true })");
  }

  @Test
  void role_hasTheSameSettings() {
    Map<String, String> script = written("role/$role\" ");
    Map<String, String> role = resource("vault_approle_auth_backend_role");
    assertThat(script.remove("token_policies")).isEqualTo("$role");
    assertThat(role).containsEntry("token_policies", "[vault_policy.bulla.name]");
    assertThat(resource("vault_policy")).containsEntry("name", "var.role");
    Duration period = Duration.parse("PT" + script.remove("token_period"));
    assertThat(role).containsEntry("token_period", String.valueOf(period.toSeconds()));
    assertThat(script).hasSize(3);
    assertThat(role).containsAllEntriesOf(script);
  }

  @Test
  void policy_isOneFile_filledInAlike() {
    assertThat(setup)
        .contains("sed -e \"s|MOUNT|$mount|g; s|/KEY\\\"|/$key\\\"|g\" \"$here/policy.hcl\"");
    assertThat(terraform)
        .contains(
            "replace(replace(file(\"${path.module}/policy.hcl\"), \"MOUNT\", var.mount),"
                + " \"/KEY\\\"\", \"/${var.key}\\\"\")");
  }

  @ParameterizedTest
  @CsvSource({"mount, MOUNT", "role, ROLE"})
  void defaults_areTheSame(String variable, String ofTheScript) {
    Matcher script = Pattern.compile("\\$\\{" + ofTheScript + ":-([a-z]+)}").matcher(setup);
    assertThat(script.find()).isTrue();
    assertThat(terraform)
        .containsPattern(
            "variable \"" + variable + "\" \\{[^}]*default +=\\s\"" + script.group(1) + "\"");
  }

  @Test
  void everyVariable_isDescribed() {
    Matcher m = Pattern.compile("variable \"[a-z_]+\" \\{\\n  (\\w+)").matcher(terraform);
    int variables = 0;
    while (m.find()) {
      assertThat(m.group(1)).isEqualTo("description");
      variables++;
    }
    assertThat(variables).isEqualTo(terraform.split("\nvariable ", -1).length - 1).isPositive();
  }
}
