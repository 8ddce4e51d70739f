// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills {@code ${name}} in the files beside this class. A name alone on its line that is no
 * parameter stands for another template, which takes that line's indentation.
 */
final class Templates {
  private static final Pattern INCLUDE = Pattern.compile("(?m)^( *(?:- )?)\\$\\{([a-z0-9-]+)}$\n");
  private static final Pattern NAME = Pattern.compile("\\$\\{([a-z0-9-]+)}");

  private final Map<String, String> parameters;
  private final Map<String, String> included =
      Map.of(
          "bulla-yaml", "bulla.yaml",
          "bulla-pod", "bulla-pod.yaml",
          "tmpfiles", "tmpfiles.conf",
          "encryption-2-writers", "encryption-2-writers.yaml");

  Templates(Map<String, String> parameters) {
    this.parameters = Map.copyOf(parameters);
  }

  String fill(String template) {
    String whole = INCLUDE.matcher(text(template)).replaceAll(this::include);
    return NAME.matcher(whole)
        .replaceAll(name -> Matcher.quoteReplacement(parameter(name.group(1))));
  }

  private String include(MatchResult line) {
    String template = included.get(line.group(2));
    if (template == null) {
      return Matcher.quoteReplacement(line.group());
    }
    String indented = " ".repeat(line.group(1).length());
    String text = fill(template).indent(indented.length());
    return Matcher.quoteReplacement(line.group(1) + text.substring(indented.length()));
  }

  private String parameter(String name) {
    return Objects.requireNonNull(parameters.get(name), () -> "no parameter " + name);
  }

  private static String text(String template) {
    try (InputStream in = Templates.class.getResourceAsStream(template)) {
      return new String(
          Objects.requireNonNull(in, template).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the program is damaged: " + template, e);
    }
  }
}
