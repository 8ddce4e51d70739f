// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

import dev.bulla.kek.Kek;
import dev.bulla.kek.KekException;
import dev.bulla.kek.KekIdentity;
import dev.bulla.settings.Problem;
import dev.bulla.settings.Problems;
import dev.bulla.socket.SocketAddressSpec;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks a configuration against this host: files, folders and groups. Makes no remote call. */
public final class EnvironmentCheck {
  private EnvironmentCheck() {}

  /** Returns what does not fit; empty if all is well. */
  public static List<Problem> problems(Configuration configuration) {
    Problems problems = new Problems();
    keks(configuration, problems);
    group(configuration, problems);
    directory(configuration, problems);
    configuration.requiredProvider().ifPresent(required -> provider(required, problems));
    return problems.inOrder();
  }

  private static void keks(Configuration configuration, Problems problems) {
    Map<KekIdentity, String> names = new HashMap<>();
    for (Configuration.KekEntry entry : configuration.keks()) {
      try (Kek kek = entry.opener().open(configuration.scope())) {
        String other = names.putIfAbsent(kek.identity(), entry.name());
        if (other != null) {
          problems.add(
              entry.position(),
              entry.key(),
              "is the same key as that of " + other + "; remove one");
        }
      } catch (KekException e) {
        problems.add(entry.position(), entry.key(), String.valueOf(e.getMessage()));
      }
    }
  }

  private static void provider(Configuration.RequiredProvider required, Problems problems) {
    List<String> others = CryptoProviders.othersThan(required.name());
    if (!others.isEmpty()) {
      problems.add(
          required.position(),
          "crypto.requireProvider",
          "is "
              + Problems.quoted(required.name())
              + ", but this Java runtime takes "
              + String.join(", ", others)
              + "; put that provider's jar on the class path and its class first in the file of"
              + " -Djava.security.properties");
    }
  }

  private static void group(Configuration configuration, Problems problems) {
    String group = configuration.socket().group().orElse("0");
    if (group.chars().allMatch(Character::isDigit)) {
      return;
    }
    try {
      Objects.requireNonNull(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group));
    } catch (IOException _) {
      problems.add(
          configuration.socketPosition(),
          "socket.group",
          "is "
              + Problems.quoted(group)
              + ", which this host does not know; make it, or give its number");
    }
  }

  private static void directory(Configuration configuration, Problems problems) {
    if (configuration.socket().address() instanceof SocketAddressSpec.File file) {
      Path directory = Objects.requireNonNull(file.path().getParent());
      Path above = directory.getParent();
      if (!Files.isDirectory(directory) && (above == null || !Files.isDirectory(above))) {
        problems.add(
            configuration.socketPosition(),
            "socket.path",
            "is in "
                + directory
                + ", which is not there, nor is the folder above it; run 'mkdir -p "
                + directory
                + "'");
      }
    }
  }
}
