// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import dev.bulla.settings.SettingsBlock;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The KEK of the rendered files.
 *
 * @param line its block in bulla.yaml
 * @param policy the template of the policy that it needs
 * @param parameters that template's
 */
record RenderedKek(String line, String policy, Map<String, String> parameters) {
  private static final Pattern ARN =
      Pattern.compile("arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{5,40}:[0-9]{12}:key/[A-Za-z0-9-]{1,64}");
  private static final Pattern ADDRESS =
      Pattern.compile("https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?");
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  RenderedKek {
    parameters = Map.copyOf(parameters);
  }

  static Optional<RenderedKek> read(SettingsBlock root) {
    Optional<SettingsBlock> aws = root.block("aws");
    Optional<SettingsBlock> vault = root.block("vault");
    if (root.keys().contains("aws") == root.keys().contains("vault")) {
      root.problem("exactly one of these blocks must be here: aws, vault");
      return Optional.empty();
    }
    return aws.isPresent() ? aws.flatMap(RenderedKek::aws) : vault.flatMap(RenderedKek::vault);
  }

  private static Optional<RenderedKek> aws(SettingsBlock block) {
    Optional<String> arn = block.text("keyArn", ARN, "the ARN of a key, not of an alias");
    block.finish();
    return arn.map(
        it ->
            new RenderedKek(
                "aws: { keyArn: \"" + it + "\" }", "iam-policy.json", Map.of("key-arn", it)));
  }

  private static Optional<RenderedKek> vault(SettingsBlock block) {
    Optional<String> address =
        block.text("address", ADDRESS, "an https address, such as https://vault.example:8200");
    String mount = block.optionalText("mount", SEGMENT, "one name").orElse("transit");
    Optional<String> key = block.text("key", SEGMENT, "the name of a transit key");
    Optional<Path> ca = block.optionalAbsolutePath("caFile");
    block.finish();
    if (address.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    String line =
        "vault: { address: \"%s\", mount: \"%s\", key: \"%s\", %sauth: { appRole: { roleIdFile: /etc/bulla/role-id, secretIdFile: /etc/bulla/secret-id } } }"
            .formatted(
                address.get(),
                mount,
                key.get(),
                ca.map(path -> "caFile: \"" + path + "\", ").orElse(""));
    return Optional.of(
        new RenderedKek(line, "vault-policy.hcl", Map.of("mount", mount, "key", key.get())));
  }
}
