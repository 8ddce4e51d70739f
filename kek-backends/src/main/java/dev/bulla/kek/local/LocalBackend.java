// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.local;

import dev.bulla.kek.backend.Backend;
import dev.bulla.settings.SettingsBlock;
import java.nio.file.Path;
import java.util.Optional;

/** {@code local: { keyFile: /absolute/path }}. */
public final class LocalBackend implements Backend {
  @Override
  public String name() {
    return "local";
  }

  @Override
  public Optional<Opener> read(SettingsBlock block) {
    Optional<Path> keyFile = block.absolutePath("keyFile");
    block.finish();
    return keyFile.map(file -> scope -> LocalKek.open(file, scope));
  }
}
