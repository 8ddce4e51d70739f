// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.registry;

import dev.bulla.kek.aws.AwsBackend;
import dev.bulla.kek.aws.CallerIdentityReader;
import dev.bulla.kek.backend.Backend;
import dev.bulla.kek.local.LocalBackend;
import dev.bulla.kek.vault.VaultBackend;
import java.util.List;
import java.util.Optional;

/** The backends of this build: a new one is a package of its own and a line here. */
public final class Backends {
  private static final List<Backend> ALL =
      List.of(new AwsBackend(), new LocalBackend(), new VaultBackend(new CallerIdentityReader()));

  private Backends() {}

  /** Returns the names, as the configuration writes them. */
  public static List<String> names() {
    return ALL.stream().map(Backend::name).toList();
  }

  /** Returns the backend of that name, if this build has it. */
  public static Optional<Backend> named(String name) {
    return ALL.stream().filter(backend -> backend.name().equals(name)).findFirst();
  }
}
