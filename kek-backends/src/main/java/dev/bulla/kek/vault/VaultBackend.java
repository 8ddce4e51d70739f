// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.backend.Backend;
import dev.bulla.settings.SettingsBlock;
import java.util.Optional;

/** {@code vault: { address: …, key: …, auth: … }}: a transit key of Vault or OpenBao. */
public final class VaultBackend implements Backend {
  @Override
  public String name() {
    return "vault";
  }

  @Override
  public Optional<Opener> read(SettingsBlock block) {
    return VaultSettingsReader.read(block).map(settings -> scope -> VaultKek.open(settings, scope));
  }
}
