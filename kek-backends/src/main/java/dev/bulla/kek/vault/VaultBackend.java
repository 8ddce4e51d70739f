// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.vault;

import dev.bulla.kek.backend.Backend;
import dev.bulla.kek.proof.ProofReader;
import dev.bulla.settings.SettingsBlock;
import java.util.Optional;

/** {@code vault: { address: …, key: …, auth: … }}: a transit key of Vault or OpenBao. */
public final class VaultBackend implements Backend {
  private final ProofReader awsIam;

  /** Makes it; {@code awsIam} reads what proves an AWS identity, for the login of that name. */
  public VaultBackend(ProofReader awsIam) {
    this.awsIam = awsIam;
  }

  @Override
  public String name() {
    return "vault";
  }

  @Override
  public Optional<Opener> read(SettingsBlock block) {
    return VaultSettingsReader.read(block, awsIam)
        .map(settings -> scope -> VaultKek.open(settings, scope));
  }
}
