// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import dev.bulla.settings.Problem;
import dev.bulla.settings.Problems;
import dev.bulla.settings.SettingsBlock;
import dev.bulla.settings.SettingsDocument;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code bulla render} is told: a few values, each so narrow that it can stand in any of the
 * files as it is.
 */
record Values(
    Distribution distribution,
    String scope,
    String image,
    List<String> resources,
    RenderedKek kek) {
  private static final int MOST_RESOURCES = 16;
  private static final Pattern RESOURCE = Pattern.compile("[a-z]{1,63}(\\.[a-z0-9-]{1,63}){0,6}");
  private static final Pattern SCOPE = Pattern.compile("[a-z0-9./-]{1,64}");
  private static final Pattern IMAGE =
      Pattern.compile(
          "[a-z0-9.-]{1,200}(:[0-9]{1,5})?(/[a-z0-9._-]{1,100}){1,5}(:[\\w.-]{1,128})?(@sha256:[0-9a-f]{64})?");

  Values {
    resources = List.copyOf(resources);
  }

  /** Reads the values, or notes everything that is wrong with them. */
  static Optional<Values> read(byte[] content, String image, Problems problems) {
    Optional<Values> values =
        SettingsDocument.parse(content, problems).flatMap(root -> values(root, image));
    return problems.isEmpty() ? values : Optional.empty();
  }

  private static Optional<Values> values(SettingsBlock root, String ownImage) {
    Optional<Distribution> distribution = distribution(root);
    Optional<String> scope =
        root.text("scope", SCOPE, "1 to 64 of a-z, 0-9, '.', '/' and '-', such as prod-eu1");
    Optional<String> image =
        root.optionalText(
            "image", IMAGE, "an image with its registry, such as registry.example/bulla:1.0");
    List<String> resources =
        root.keys().contains("resources")
            ? root.texts(
                "resources", RESOURCE, MOST_RESOURCES, "resources in the plural, such as secrets")
            : List.of("secrets");
    Optional<RenderedKek> kek = RenderedKek.read(root);
    root.finish();
    if (distribution.map(Distribution::pullsImage).orElse(false) && image.isEmpty()) {
      root.problem("image", "is missing; this distribution's nodes fetch it from a registry");
    }
    if (resources.contains("secret")) {
      root.problem(
          "resources",
          "names 'secret', which an API server accepts and never seals; it is 'secrets'");
    }
    if (distribution.isEmpty() || scope.isEmpty() || kek.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Values(distribution.get(), scope.get(), image.orElse(ownImage), resources, kek.get()));
  }

  private static Optional<Distribution> distribution(SettingsBlock root) {
    String names = String.join("|", Distribution.names());
    return root.text("distribution", Pattern.compile(names), "one of " + names.replace("|", ", "))
        .map(Distribution::of);
  }

  /** Returns the problems of {@code problems} as lines. */
  static List<String> lines(Problems problems, String file) {
    return problems.inOrder().stream().map((Problem problem) -> problem.render(file)).toList();
  }
}
